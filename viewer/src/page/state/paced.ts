/**
 * Makes a task that can be asked for at any rate: it runs at once, one run at a time, and `pauseMs` after its end once
 * more if it was asked for meanwhile. No run begins after `gone`.
 */
export function paced(task: () => Promise<void>, pauseMs: number, gone: AbortSignal): () => void {
  let isWanted = false;
  let isBusy = false;
  const run = async () => {
    isBusy = true;
    while (isWanted && !gone.aborted) {
      isWanted = false;
      await task();
      await new Promise((over) => setTimeout(over, pauseMs));
    }
    isBusy = false;
  };
  return () => {
    isWanted = true;
    if (!isBusy) void run();
  };
}
