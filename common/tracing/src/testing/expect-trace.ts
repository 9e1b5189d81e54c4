import { AssertionError } from "node:assert";
import { type SpanNode, type Trace, waterfall } from "tracekeep-viewer";
import { inWords, mismatches, type SpanMatch } from "./span-match.ts";

/** What is expected of a trace. Each method throws an `AssertionError` with the trace's waterfall in its message if it does not hold. */
export interface TraceExpectation {
  /** At least one span is as described; the result tells where it stands. */
  toHaveSpan(match: SpanMatch): SpanExpectation;
  /** So many spans are as described. */
  toHaveSpans(count: number, match: SpanMatch): TraceExpectation;
  /** No span is as described. */
  notToHaveSpan(match: SpanMatch): TraceExpectation;
  /** There is one root, and every span's parent is there. */
  toBeWhole(): TraceExpectation;
  /** The trace was kept beyond sampling: for `error`, `slow`, `retry`, or what `keepTrace` was given. */
  toBeKeptBecause(reason: string | RegExp): TraceExpectation;
  /** The span that failed first, and made the others fail, is as described. */
  toHaveRootCause(match: SpanMatch): TraceExpectation;
}

/** What is expected of the spans that were found; all of it must hold for one of them. */
export interface SpanExpectation extends TraceExpectation {
  /** One of its children is as described. */
  parentOf(match: SpanMatch): SpanExpectation;
  /** Its parent is as described. */
  childOf(match: SpanMatch): SpanExpectation;
  /** A span below it, at any depth, is as described. */
  ancestorOf(match: SpanMatch): SpanExpectation;
}

/** Expects things of a trace; see `TraceExpectation`. */
export function expectTrace(trace: Trace): TraceExpectation {
  return new Expectation(trace, trace.nodes, "");
}

class Expectation implements SpanExpectation {
  readonly #trace: Trace;
  readonly #found: readonly SpanNode[];
  /** What the spans that were found have in common. */
  readonly #words: string;

  constructor(trace: Trace, found: readonly SpanNode[], words: string) {
    this.#trace = trace;
    this.#found = found;
    this.#words = words;
  }

  toHaveSpan(match: SpanMatch): SpanExpectation {
    const found = this.#all(match);
    if (found.length === 0) this.#fail(`a span with ${inWords(match)}`, this.#nearest(match));
    return new Expectation(this.#trace, found, `the span with ${inWords(match)}`);
  }

  toHaveSpans(count: number, match: SpanMatch): TraceExpectation {
    const { length } = this.#all(match);
    if (length !== count) this.#fail(`${count} spans with ${inWords(match)}`, `There are ${length}.`);
    return this;
  }

  notToHaveSpan(match: SpanMatch): TraceExpectation {
    const [first] = this.#all(match);
    if (first !== undefined) this.#fail(`no span with ${inWords(match)}`, `There is ${nameOf(first)}.`);
    return this;
  }

  toBeWhole(): TraceExpectation {
    const { roots } = this.#trace;
    const orphan = roots.find(({ missingParent }) => missingParent);
    if (orphan) this.#fail("the parent of every span", `That of ${nameOf(orphan)} is not there.`);
    if (roots.length !== 1)
      this.#fail("one root", `It has ${roots.length}: ${roots.map(nameOf).join(", ")}.`);
    return this;
  }

  toBeKeptBecause(reason: string | RegExp): TraceExpectation {
    const key = "tracekeep.keep.reason";
    if (this.#all({ attributes: { [key]: reason } }).length > 0) return this;
    const reasons = new Set(this.#trace.nodes.map(({ span }) => span.attributes[key]).filter(Boolean));
    const [told = "Nothing says why it was sent: it was sampled."] =
      reasons.size === 0 ? [] : [`It was kept because of ${[...reasons].join(", ")}.`];
    return this.#fail(`been kept because of ${String(reason)}`, told);
  }

  toHaveRootCause(match: SpanMatch): TraceExpectation {
    const marked = this.#all({ attributes: { "tracekeep.root_cause": true } });
    if (marked.some((node) => mismatches(node, match).length === 0)) return this;
    const told =
      marked.length === 0 ? "No span is marked as one." : `It is ${marked.map(nameOf).join(", ")}.`;
    return this.#fail(`a root cause with ${inWords(match)}`, told);
  }

  parentOf(match: SpanMatch): SpanExpectation {
    return this.#narrow(match, "parent of", (node) => node.children);
  }

  childOf(match: SpanMatch): SpanExpectation {
    return this.#narrow(match, "child of", ({ parent }) => (parent === undefined ? [] : [parent]));
  }

  ancestorOf(match: SpanMatch): SpanExpectation {
    return this.#narrow(match, "ancestor of", (node) =>
      this.#trace.nodes.filter((other) => isAbove(node, other)),
    );
  }

  #narrow(
    match: SpanMatch,
    relation: string,
    relativesOf: (node: SpanNode) => readonly SpanNode[],
  ): SpanExpectation {
    const found = this.#found.filter((node) =>
      relativesOf(node).some((relative) => mismatches(relative, match).length === 0),
    );
    const words = `${this.#words}, ${relation} one with ${inWords(match)}`;
    if (found.length === 0) {
      const relatives = this.#found.flatMap(relativesOf).map(nameOf);
      const told =
        relatives.length === 0 ? "There is no such span at all." : `There: ${relatives.join(", ")}.`;
      this.#fail(words, told);
    }
    return new Expectation(this.#trace, found, words);
  }

  #all(match: SpanMatch): SpanNode[] {
    return this.#trace.nodes.filter((node) => mismatches(node, match).length === 0);
  }

  /** The span to which the least is missing, and what that is. */
  #nearest(match: SpanMatch): string {
    const [nearest] = this.#trace.nodes
      .map((node) => ({ node, wrong: mismatches(node, match) }))
      .sort((a, b) => a.wrong.length - b.wrong.length);
    return nearest === undefined
      ? "It has no spans."
      : `Nearest is ${nameOf(nearest.node)}: ${nearest.wrong.join("; ")}.`;
  }

  #fail(expected: string, told: string): never {
    const picture = waterfall(this.#trace, { color: false, width: 110, maxSpans: 100 });
    const message = `Expected trace ${this.#trace.traceId} to have ${expected}. ${told}\n\n${picture}`;
    // Jest shows the message alone then, and no difference of values that there are not.
    throw new AssertionError({ message, operator: "fail" });
  }
}

function nameOf({ span }: SpanNode): string {
  return `"${span.name}" (${span.service}, ${span.kind})`;
}

function isAbove(node: SpanNode, other: SpanNode): boolean {
  for (let at = other.parent; at !== undefined; at = at.parent) if (at === node) return true;
  return false;
}
