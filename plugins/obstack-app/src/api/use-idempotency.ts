import { useRef } from 'react';
import { newIdempotencyKey } from './control-plane';

/**
 * The Idempotency-Key for a request: the same while its body is. So an attempt whose answer got lost makes one thing when
 * it is sent again, and one that was corrected is another request.
 */
export function useIdempotency() {
  const last = useRef({ body: '', key: '' });
  return (body: unknown): string => {
    const text = JSON.stringify(body);
    if (last.current.body !== text) {
      last.current = { body: text, key: newIdempotencyKey() };
    }
    return last.current.key;
  };
}
