/** When a shop is busy and when something is wrong with it. Times are milliseconds since the shop opened. */

const MINUTE = 60_000;
const TIDE = 15 * MINUTE;
const INCIDENT_EVERY = 10 * MINUTE;
const INCIDENT_LASTS = 2 * MINUTE;
/** Early, so that whoever has just started the demo soon has something to find. */
const FIRST_INCIDENT = MINUTE;

/** Load relative to the mean: a slow tide with a short rush at the start of every fifth minute. */
export function loadFactor(elapsed: number): number {
  const tide = 1 + 0.5 * Math.sin((2 * Math.PI * elapsed) / TIDE);
  const rush = elapsed % (5 * MINUTE) < MINUTE / 2 ? 1.8 : 1;
  return tide * rush;
}

export function isIncident(elapsed: number): boolean {
  const sinceFirst = elapsed - FIRST_INCIDENT;
  return sinceFirst >= 0 && sinceFirst % INCIDENT_EVERY < INCIDENT_LASTS;
}
