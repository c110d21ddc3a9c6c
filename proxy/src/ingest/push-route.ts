// What every push has in common: it is identified first, and a key whose push is refused can see why.
import type { Signal } from '@obstack/contracts';
import type { Exchange } from '../http/exchange.ts';
import type { Route } from '../http/router.ts';
import type { KnownCredential } from '../tenancy/credentials.ts';
import type { PushContext } from './push-context.ts';

export type Push = (context: PushContext, key: KnownCredential, exchange: Exchange) => Promise<void>;

export function pushRoute(
  context: PushContext,
  { path, errors, signal }: Pick<Route, 'path' | 'errors'> & { signal: Signal },
  push: Push,
): Route {
  return {
    method: 'POST',
    path,
    errors,
    handle: async (exchange) => {
      const key = await context.identify.push(exchange.request, signal);
      try {
        await push(context, key, exchange);
      } catch (error) {
        context.usage.rejected(key, signal, error);
        throw error;
      }
    },
  };
}
