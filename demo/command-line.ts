import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The values of a command line's options. Throws UsageError. */
export function readOptions<const O extends ParseArgsOptionsConfig>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
