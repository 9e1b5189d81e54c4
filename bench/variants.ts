/** One way to run the measured service. */
export interface Variant {
  /** As `--variants` and the results file spell it. */
  readonly name: string;
  /** Column of the table. */
  readonly title: string;
  /** The module that the service is traced by, or not; see `instruments/instrument.ts`. */
  readonly instrument: URL;
  /** Environment of the service. */
  readonly env: Readonly<Record<string, string>>;
}

const NONE = new URL("./instruments/none.ts", import.meta.url);
const TRACEKEEP = new URL("./instruments/tracekeep.ts", import.meta.url);

/** What all others are compared with; always measured. */
export const REFERENCE = "untraced";
/** The same again: how far it lies from the reference is the noise of the run. */
export const CONTROL = "untraced-again";

export const VARIANTS: readonly Variant[] = [
  { name: REFERENCE, title: "untraced", instrument: NONE, env: {} },
  { name: CONTROL, title: "untraced again", instrument: NONE, env: {} },
  {
    name: "tracekeep-1",
    title: "Tracekeep 1 %",
    instrument: TRACEKEEP,
    env: { TRACE_SAMPLE_RATE: "0.01" },
  },
  {
    name: "tracekeep-100",
    title: "Tracekeep 100 %",
    instrument: TRACEKEEP,
    env: { TRACE_SAMPLE_RATE: "1" },
  },
  {
    name: "tracekeep-disabled",
    title: "Tracekeep disabled",
    instrument: TRACEKEEP,
    env: { TRACING_ENABLED: "false" },
  },
];

/** What the measured service does with a request: answer it, or call another service first. */
export const SHAPES = ["leaf", "chain"] as const;
export type Shape = (typeof SHAPES)[number];

export const SHAPE_TITLES: Readonly<Record<Shape, string>> = {
  leaf: "leaf: a service that answers by itself",
  chain: "chain: a service that calls another",
};
