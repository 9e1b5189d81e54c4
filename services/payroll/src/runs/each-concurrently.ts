/**
 * Runs the task for each item, in order, at most `limit` at a time. After a task has failed none begins; those under
 * way are waited for, then the first failure is thrown.
 */
export async function eachConcurrently<Item>(
  items: readonly Item[],
  limit: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const failures: unknown[] = [];
  const work = async () => {
    while (failures.length === 0) {
      const { value, done } = rest.next();
      if (done) return;
      try {
        await task(value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  if (failures.length > 0) throw failures[0];
}
