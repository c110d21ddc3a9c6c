/** Lists are read page by page: `limit` and an opaque `cursor` in, `items` and `next` out. */
import { z } from 'zod';

export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(200).optional().describe('The `next` of the page before.'),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** A page of `item`s in a stable order; `next` is null on the last one. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

export interface Page<T> {
  items: T[];
  next: string | null;
}
