import { t as translate } from '@grafana/i18n';

/** As `t` of Grafana, with values as they are: React escapes what it renders, and twice is once too often (`&#x2F;pay`). */
export const t = (key: string, text: string, values: Readonly<Record<string, unknown>> = {}): string =>
  translate(key, text, { ...values, interpolation: { escapeValue: false } });
