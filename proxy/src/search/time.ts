// Instants to the nanosecond, which a Date cannot hold.

const FRACTION = /\.(\d+)/;

/** @param instant RFC 3339, checked; digits beyond nanoseconds are dropped */
export function nanosOf(instant: string): bigint {
  const fraction = FRACTION.exec(instant)?.[1] ?? '';
  const wholeSeconds = Math.floor(Date.parse(instant.replace(FRACTION, '')) / 1000);
  return BigInt(wholeSeconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

/** ISO 8601 in UTC, in milliseconds or as many more digits as there are. */
export function instantOf(nanos: bigint): string {
  const millis = nanos / 1_000_000n;
  const rest = String(nanos % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return new Date(Number(millis)).toISOString().replace('Z', `${rest}Z`);
}
