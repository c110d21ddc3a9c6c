import { AppEvents } from '@grafana/data';
import { getAppEvents } from '@grafana/runtime';

/** Says in passing, in Grafana's own way, that something was done. */
export function notify(message: string): void {
  getAppEvents().publish({ type: AppEvents.alertSuccess.name, payload: [message] });
}
