/**
 * Does `act` to each item as soon as it is done to all of `before(item)`, otherwise at the same time. Rejects with the first
 * failure; what comes after the failed one is not acted on.
 */
export async function inOrder<T>(
  items: readonly T[],
  before: (item: T) => readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  const begun = new Map<T, Promise<void>>();
  const begin = (item: T): Promise<void> => {
    const done = begun.get(item) ?? Promise.all(before(item).map(begin)).then(() => act(item));
    begun.set(item, done);
    return done;
  };
  await Promise.all(items.map(begin));
}
