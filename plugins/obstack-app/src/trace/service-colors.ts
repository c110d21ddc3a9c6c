import type { GrafanaTheme2 } from '@grafana/data';

/** Hues of the theme that are told apart beside each other, and from the red of an error. */
const HUES = [
  'semi-dark-blue',
  'semi-dark-green',
  'semi-dark-purple',
  'semi-dark-orange',
  'super-light-blue',
  'dark-yellow',
  'light-purple',
  'light-green',
  'dark-blue',
  'light-orange',
  'dark-green',
  'dark-purple',
];

/** A colour for each service of a trace, in order of appearance; beyond a dozen they repeat. */
export function serviceColors(theme: GrafanaTheme2, services: readonly string[]): ReadonlyMap<string, string> {
  return new Map(services.map((service, at) => [service, theme.visualization.getColorByName(HUES[at % HUES.length]!)]));
}
