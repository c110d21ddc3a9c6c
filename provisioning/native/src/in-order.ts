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

/**
 * The same order, but a failure holds nothing up: what comes after the failed one is acted on all the same. Rejects when all
 * is done, with the failure, or with an AggregateError whose message holds those of all.
 */
export async function inOrderRegardless<T>(
  items: readonly T[],
  before: (item: T) => readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  const failures: Error[] = [];
  await inOrder(items, before, async (item) => {
    try {
      await act(item);
    } catch (error) {
      failures.push(error as Error);
    }
  });
  if (failures.length === 1) throw failures[0]!;
  if (failures.length > 1)
    throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
}
