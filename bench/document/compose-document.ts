import type { BenchResults } from "../results.ts";
import { formatGoals } from "./goals.ts";
import { drawPlots } from "./plots.ts";
import { growthSection, microSection, profileSection, requestsSection, startupSection } from "./sections.ts";

const HEAD = `# What tracing costs

\`npm run bench\` makes this page, its pictures and \`bench/results.json\`: nothing here is written by hand.
A gRPC service is measured under load from another process, in every way of tracing it. These services live side by side in processes of their own
and are measured in turns of a second or two: what slows the machine down for a while slows down all. All processes share one machine. Each section says which Tracekeep it measured: as it is published, or its sources.`;

const PEERS = `## How the others are set up

Each as its own documentation says for an ES module, loaded by \`--import\`, with gRPC as the only instrumentation; all send to an intake on the same
machine that counts the spans in what arrives. One that traces nothing is refused. None of them keeps a failed trace whole that it did not sample.

- OpenTelemetry: the trace SDK with a parent-based sampler by trace id, batches, OTLP in protobuf with gzip, and the gRPC instrumentation.
- Sentry's SDK: \`tracesSampleRate\`, and OpenTelemetry's gRPC instrumentation, since it has none of its own; without its performance integrations.
- Datadog: \`DD_TRACE_SAMPLE_RATE\`. Its agent is sent every span, and decides there; the agent's own cost is not in these figures.`;

/** Where each file of the document lies, from `docs/`, and what it holds. */
export function composeDocument(results: BenchResults): ReadonlyMap<string, string> {
  const { loads, startup, growth, profile, micro } = results;
  const plots = drawPlots(results);
  const pictures = plots.map(({ name, title }) => `![${title}](performance/${name}.svg)`);
  const parts = [
    HEAD,
    "## Goals",
    formatGoals(results),
    "Medians with their 95 % intervals (bootstrap, from five rounds on); a ratio is to the untraced service under the same load, in the same round.",
    ...(pictures.length === 0
      ? []
      : [
          "## Pictures",
          "A line at the end of a bar is its 95 % interval; each group has a scale of its own. No request fails here.",
          ...pictures,
        ]),
    ...(loads === undefined ? [] : [requestsSection(loads)]),
    ...(startup === undefined ? [] : [startupSection(startup)]),
    ...(growth === undefined ? [] : [growthSection(growth)]),
    ...(profile === undefined ? [] : [profileSection(profile)]),
    ...(micro === undefined ? [] : [microSection(micro)]),
    PEERS,
  ];
  return new Map([
    ["PERFORMANCE.md", `${parts.join("\n\n")}\n`],
    ...plots.map(({ name, svg }) => [`performance/${name}.svg`, svg] as const),
  ]);
}
