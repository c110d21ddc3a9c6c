/** What happened, to be seen beside what it did: deploys and alerts. Pure. */
import type { Series } from '../stores/prometheus';
import { serviceOf } from './health';

export interface Marker {
  kind: 'deploy' | 'alert';
  /** Milliseconds since 1970. */
  at: number;
  /** Empty when it is not about one. */
  service: string;
  text: string;
}

/** As Grafana's annotations API has it, as far as it is used here. */
export interface Annotation {
  time: number;
  text?: string;
  tags?: string[];
  alertName?: string;
  newState?: string;
}

/**
 * A version of a service that was not there before is a deploy. What is there from the start of the range was deployed
 * earlier; a first version of a new service is none either.
 */
export function deploysOf(versions: readonly Series[], from: number, stepMs: number): Marker[] {
  const firstSeen = new Map<string, number>();
  for (const { labels, points } of versions) {
    const service = serviceOf(labels);
    const start = points[0]?.[0];
    if (service && start !== undefined) {
      firstSeen.set(service, Math.min(start, firstSeen.get(service) ?? Infinity));
    }
  }
  return versions.flatMap(({ labels, points }): Marker[] => {
    const service = serviceOf(labels);
    const at = points[0]?.[0];
    const isDeploy = service && at !== undefined && at > from + stepMs && at > firstSeen.get(service)!;
    return isDeploy ? [{ kind: 'deploy', at, service, text: labels['service_version'] ?? '' }] : [];
  });
}

/** Each time that an alert began to fire; a gap of more than two steps ends it. */
export function alertsOf(alerts: readonly Series[], stepMs: number): Marker[] {
  return alerts.flatMap(({ labels, points }) =>
    points
      .filter(([at], index) => index === 0 || at - points[index - 1]![0] > 2 * stepMs)
      .map(([at]): Marker => ({
        kind: 'alert',
        at,
        service: serviceOf(labels) ?? '',
        text: labels['alertname'] ?? '',
      }))
  );
}

/** Of Grafana's own alerts those that began to fire; and what was written down as a deploy. */
export function annotated(annotations: readonly Annotation[]): Marker[] {
  return annotations.flatMap(({ time, text, tags = [], alertName, newState }): Marker[] => {
    if (newState) {
      return /^(alerting|error)/i.test(newState)
        ? [{ kind: 'alert', at: time, service: '', text: alertName || text || '' }]
        : [];
    }
    return tags.some((tag) => DEPLOY_TAGS.includes(tag))
      ? [{ kind: 'deploy', at: time, service: '', text: text ?? '' }]
      : [];
  });
}

export const DEPLOY_TAGS = ['deploy', 'deployment', 'release'];
