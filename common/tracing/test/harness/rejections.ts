/**
 * Runs a function and gives back the rejections that nobody handled meanwhile. The test runner's own
 * listeners, which would fail the run, are put aside for that time.
 */
export async function collectUnhandled(run: () => Promise<void>): Promise<unknown[]> {
  const others = process.listeners("unhandledRejection");
  const seen: unknown[] = [];
  const collect = (reason: unknown): void => void seen.push(reason);
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", collect);
  try {
    await run();
  } finally {
    process.off("unhandledRejection", collect);
    for (const listener of others) process.on("unhandledRejection", listener);
  }
  return seen;
}
