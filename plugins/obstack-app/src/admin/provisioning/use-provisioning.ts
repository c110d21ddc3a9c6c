import { useEffect } from 'react';
import type { Provisioning } from '@obstack/contracts';
import { controlPlane } from '../../api/control-plane';
import { type Resource, useResource } from '../../api/use-resource';

/** Long enough for a person not to wait for it, and short enough to see each step. */
const POLL_MS = 1500;

/** How far it has come, read again and again until there is nothing left to do. */
export function useProvisioning(tenantId: string): Resource<Provisioning> {
  const provisioning = useResource(tenantId, (signal) =>
    controlPlane.getProvisioning({ params: { tenantId }, signal })
  );
  const { data, failure, loading, reload } = provisioning;
  const isOver = failure !== undefined || (data !== undefined && !isUnderWay(data));

  useEffect(() => {
    if (isOver || loading) {
      return;
    }
    const timer = setTimeout(reload, POLL_MS);
    return () => clearTimeout(timer);
  }, [isOver, loading, reload, data]);

  return provisioning;
}

function isUnderWay({ state, steps }: Provisioning): boolean {
  return state === 'provisioning' || state === 'deleting' || steps.some((step) => step.nextAttemptAt !== null);
}
