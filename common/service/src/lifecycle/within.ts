/** Whether `task` ended within `limitMs` milliseconds. A task that fails has ended: the error is thrown. */
export async function within(limitMs: number, task: () => Promise<unknown>): Promise<boolean> {
  const { promise: limit, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, limitMs, false);
  try {
    return await Promise.race([task().then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}
