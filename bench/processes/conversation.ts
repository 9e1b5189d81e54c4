/** Tells the process that started this one. */
export function tellParent(message: object): void {
  process.send?.(message);
}

/**
 * Answers the questions of the process that started this one, one after the other, and ends with it.
 * A question that cannot be answered ends this process with the error on stderr.
 */
export function answerParent<Question>(answer: (question: Question) => Promise<object>): void {
  process.on("message", async (question) => tellParent(await answer(question as Question)));
  // Whatever ends the parent, no process stays behind.
  process.on("disconnect", () => process.exit());
}
