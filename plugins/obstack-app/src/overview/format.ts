/** Figures of the overview as people read them; a dash where there is none. */
const NONE = '–';

const digits = (value: number) => String(Number(value.toPrecision(3)));

/** Requests a second, or a minute where that is easier to imagine. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) {
    return NONE;
  }
  if (perSecond === 0 || perSecond >= 0.95) {
    return `${perSecond >= 1000 ? `${digits(perSecond / 1000)}k` : digits(perSecond)}/s`;
  }
  return `${digits(perSecond * 60)}/min`;
}

export function formatShare(share: number | null): string {
  if (share === null) {
    return NONE;
  }
  return share > 0 && share < 0.0005 ? '< 0.1 %' : `${Number((share * 100).toFixed(1))} %`;
}

export const orNone = (text: string | null) => text ?? NONE;
