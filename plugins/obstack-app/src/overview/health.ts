/** How the services are, out of what the stores answered. Pure; parts that have not come yet are left out. */
import type { Series } from '../stores/prometheus';

/** Each as it was asked for in `queries.ts`. */
export interface Answers {
  rate?: readonly Series[];
  failures?: readonly Series[];
  p95?: readonly Series[];
  errorLines?: readonly Series[];
  rateCourse?: readonly Series[];
  failuresCourse?: readonly Series[];
  p95Course?: readonly Series[];
}

export type Points = Series['points'];

export interface ServiceHealth {
  service: string;
  /** Requests a second; null when the service reports none. */
  rate: number | null;
  /** Share of the requests that failed, 0 to 1. */
  failed: number | null;
  p95Ms: number | null;
  errorLines: number | null;
  course: { rate: Points; failures: Points; p95: Points };
}

export function healthOf(answers: Answers): ServiceHealth[] {
  const rate = byService(answers.rate);
  const failures = byService(answers.failures);
  const p95 = byService(answers.p95);
  const lines = byService(answers.errorLines);
  const courses = {
    rate: byService(answers.rateCourse),
    failures: byService(answers.failuresCourse),
    p95: byService(answers.p95Course),
  };
  const services = new Set([...rate.keys(), ...lines.keys()]);
  return [...services].map((service) => {
    const requests = valueOf(rate, service);
    return {
      service,
      rate: requests,
      // No failure leaves no series; before the failures are known nothing is said of them.
      failed: requests && answers.failures ? (valueOf(failures, service) ?? 0) / requests : null,
      p95Ms: valueOf(p95, service),
      errorLines: answers.errorLines ? (valueOf(lines, service) ?? 0) : null,
      course: {
        rate: courses.rate.get(service) ?? [],
        failures: courses.failures.get(service) ?? [],
        p95: courses.p95.get(service) ?? [],
      },
    };
  });
}

/** `job` is `namespace/name` where OpenTelemetry's resources become labels. */
export const serviceOf = ({ service_name: name, job }: Series['labels']): string | undefined =>
  name || job?.split('/').pop() || undefined;

function byService(series: readonly Series[] | undefined): Map<string, Points> {
  const found = new Map<string, Points>();
  for (const { labels, points } of series ?? []) {
    const service = serviceOf(labels);
    if (service && points.length > 0 && !found.has(service)) {
      found.set(service, points);
    }
  }
  return found;
}

const valueOf = (values: ReadonlyMap<string, Points>, service: string) => values.get(service)?.[0]?.[1] ?? null;

export const SORTS = ['failed', 'rate', 'p95Ms', 'errorLines', 'service'] as const;
export type Sort = (typeof SORTS)[number];

/** Names from a to z, figures with the largest first; what has no figure comes last, and names decide between equals. */
export function sorted(services: readonly ServiceHealth[], by: Sort): ServiceHealth[] {
  const byName = (a: ServiceHealth, b: ServiceHealth) => a.service.localeCompare(b.service);
  return [...services].sort((a, b) =>
    by === 'service' ? byName(a, b) : (b[by] ?? -1) - (a[by] ?? -1) || byName(a, b)
  );
}

export type Mood = 'good' | 'warning' | 'bad' | 'unknown';

/** A share of failures that somebody should look at, and one that somebody must. */
export function moodOf({ failed }: ServiceHealth): Mood {
  if (failed === null) {
    return 'unknown';
  }
  return failed >= 0.05 ? 'bad' : failed >= 0.01 ? 'warning' : 'good';
}

export interface TopError {
  service: string;
  message: string;
  count: number;
}

export function topErrorsOf(series: readonly Series[] | undefined): TopError[] {
  return (series ?? [])
    .map(({ labels, points }) => ({
      service: labels['service_name'] ?? '',
      message: labels['message'] ?? '',
      count: points[0]?.[1] ?? 0,
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}
