type AnyGenerator = Generator | AsyncGenerator;
type Turn = IteratorResult<unknown>;

/** How the span of a generator lives. */
export interface GeneratorSpan {
  /** Runs a part of its work with the span active. */
  run<T>(part: () => T): T;
  end(): void;
  fail(error: unknown): void;
}

const TAGS: readonly unknown[] = ["Generator", "AsyncGenerator"];

export function isGenerator(value: unknown): value is AnyGenerator {
  if (typeof value !== "object" || value === null) return false;
  try {
    return TAGS.includes((value as Record<symbol, unknown>)[Symbol.toStringTag]);
  } catch {
    // A proxy can throw at any touch.
    return false;
  }
}

/** A generator does its work while its values are asked for: there it is in its span, which ends with it. */
export function traceGenerator<G extends AnyGenerator>(generator: G, span: GeneratorSpan): G {
  let isOver = false;
  const over = (tell: () => void): void => {
    if (!isOver) tell();
    isOver = true;
  };
  const turned = (turn: Turn): Turn => {
    if (turn.done === true) over(() => span.end());
    return turn;
  };
  const failed = (error: unknown): never => {
    over(() => span.fail(error));
    throw error;
  };
  const step = (part: () => Turn | Promise<Turn>): Turn | Promise<Turn> => {
    try {
      const turn = span.run(part);
      return turn instanceof Promise ? turn.then(turned, failed) : turned(turn);
    } catch (error) {
      return failed(error);
    }
  };
  return Object.assign(Object.create(generator), {
    next: (...given: [unknown?]) => step(() => generator.next(...given)),
    return: (value: unknown) => step(() => generator.return(value)),
    throw: (error: unknown) => step(() => generator.throw(error)),
  });
}
