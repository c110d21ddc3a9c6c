import { sendTestEvent } from '@obstack/contracts';
import type { EndpointRouter } from '@obstack/service-kit/endpoint';
import type { Context } from '../../call/context.ts';
import type { TestEventService } from './test-event-service.ts';

export function mountTestEvent(api: EndpointRouter<'actor', Context>, service: TestEventService): void {
  api.mount(sendTestEvent, (ctx, { params: { tenantId, keyId }, body }) =>
    service.send({ ...ctx, tenantId }, keyId, body),
  );
}
