import { outcomeOf, type SentryErrorEvent, type SpanNode, type Trace } from "tracekeep-viewer";
import type { ExpectedCount, ExpectedSpan, ExpectedTrace } from "./expected-trace.ts";

const ENVIRONMENT = "development";

/** What is missing or wrong in a trace; nothing if it arrived whole. */
export function problemsOf(
  trace: Trace | undefined,
  errors: readonly SentryErrorEvent[],
  expected: ExpectedTrace,
): string[] {
  if (!trace) return ["no span of it has arrived"];
  const problems = [
    ...rootProblems(trace),
    ...environmentProblems(trace),
    ...errorProblems(trace, errors, expected),
    ...(expected.counts ?? []).flatMap((count) => countProblems(trace, count)),
  ];
  const [root] = matching(trace.roots, expected.root);
  if (root) problems.push(...spanProblems(root, expected.root));
  else problems.push(`${describe(expected.root)} is missing`);
  return problems;
}

function rootProblems({ roots }: Trace): string[] {
  return roots
    .filter((root, index) => index > 0 || (root.missingParent && root.span.service !== "gateway"))
    .map(({ span }) => `${span.service}: ${span.name} (${span.kind}) has no parent in the trace`);
}

function environmentProblems({ nodes }: Trace): string[] {
  const environments = new Set(nodes.map(({ span }) => String(span.resource["deployment.environment.name"])));
  return [...environments]
    .filter((environment) => environment !== ENVIRONMENT)
    .map((environment) => `spans are of the environment ${environment}, not ${ENVIRONMENT}`);
}

function spanProblems(node: SpanNode, expected: ExpectedSpan): string[] {
  const { label, failed } = outcomeOf(node.span);
  const problems: string[] = [];
  if (expected.outcome !== undefined && label !== expected.outcome) {
    problems.push(`${describe(expected)} ended with ${label || "no status"}, not ${expected.outcome}`);
  }
  if (expected.failed !== undefined && failed !== expected.failed) {
    problems.push(`${describe(expected)} is ${failed ? "" : "not "}marked as an error`);
  }
  for (const child of expected.children ?? []) problems.push(...childProblems(node, child, expected));
  return problems;
}

function childProblems({ children }: SpanNode, child: ExpectedSpan, parent: ExpectedSpan): string[] {
  const found = matching(children, child);
  const [first] = found;
  if (!first) return [`${describe(child)} is missing below ${describe(parent)}`];
  if (child.count === undefined) return spanProblems(first, child);
  const problems = found.flatMap((node) => spanProblems(node, child));
  if (found.length !== child.count) {
    problems.push(`${describe(child)} is there ${found.length} times, not ${child.count}`);
  }
  return problems;
}

function countProblems({ nodes }: Trace, expected: ExpectedCount): string[] {
  const { outcome, count } = expected;
  const ended = matching(nodes, expected).filter(({ span }) => outcomeOf(span).label === outcome);
  if (ended.length === count) return [];
  return [`${describe(expected)} ended ${ended.length} times with ${outcome}, not ${count}`];
}

function matching(nodes: readonly SpanNode[], { service, kind, name }: ExpectedSpan): SpanNode[] {
  return nodes.filter(({ span }) => {
    const named = name === undefined ? span.attributes["db.system.name"] !== undefined : span.name === name;
    return named && span.service === service && span.kind === kind;
  });
}

function describe({ service, kind, name }: ExpectedSpan): string {
  return `${service}: ${name ?? "a database query"} (${kind})`;
}

/** The error events that belong to a trace. */
export function errorsOf(traceId: string, errors: readonly SentryErrorEvent[]): SentryErrorEvent[] {
  return errors.filter((event) => event.trace?.traceId === traceId);
}

/** An error event's text. */
export function textOfError({ exceptions, message }: SentryErrorEvent): string {
  const last = exceptions.at(-1);
  return last ? `${last.type}: ${last.value}` : (message ?? "(no text)");
}

function errorProblems(trace: Trace, all: readonly SentryErrorEvent[], { error }: ExpectedTrace): string[] {
  const errors = errorsOf(trace.traceId, all);
  if (error === undefined)
    return errors.map((event) => `Sentry was told of an error that is none: ${textOfError(event)}`);
  const linked = errors.filter((event) => textOfError(event).includes(error));
  if (linked.length === 0) return [`Sentry was not told of the error "${error}"`];
  const spans = new Set(trace.nodes.map(({ span }) => span.spanId));
  return linked.flatMap((event) => {
    const problems = [];
    if (!spans.has(event.trace?.spanId ?? ""))
      problems.push(`the error "${error}" is not linked to a span of the trace`);
    if (event.environment !== ENVIRONMENT)
      problems.push(`the error "${error}" is of the environment ${event.environment}`);
    return problems;
  });
}
