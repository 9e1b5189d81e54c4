/** What Tracekeep writes between these lines is its own; all other rules of a project are others'. */
const BEGIN = "# Tracekeep: begin, from the project's file";
const END = "# Tracekeep: end";
/** Nothing else is ever written between them. */
const RULE = /^tags\.service:\S+(?: #[a-z0-9_-]+)+$/;

/** The ownership rules of a project, told apart by whose they are. */
export interface MarkedRules {
  /** Whether there is a mark, be it a broken one. */
  readonly isMarked: boolean;
  readonly own: readonly string[];
  /** What is odd about the marks, for people. */
  readonly oddities: readonly string[];
  /** The whole text with these rules as ours, in one block where ours had effect, and with all that is others'. */
  with(rules: readonly string[]): string;
}

/**
 * Reads ownership rules whose marks may have been broken by hand. Ours is what has our form between a begin and the
 * next mark, an end; beside a mark without its other half, only what the file wants anyway.
 * @param raw all rules, one a line
 * @param wanted the file's rules
 */
export function readMarked(raw: string, wanted: readonly string[]): MarkedRules {
  const lines = raw.trimEnd() === "" ? [] : raw.trimEnd().split("\n");
  const texts = lines.map((line) => line.trim());
  const marks = [...texts.keys()].filter((at) => texts[at] === BEGIN || texts[at] === END);
  const pairs = marks
    .map((from, index) => ({ from, to: marks[index + 1] ?? from }))
    .filter(({ from, to }) => texts[from] === BEGIN && texts[to] === END);
  const halves = marks.filter((at) => !pairs.some(({ from, to }) => at === from || at === to));

  const inside = pairs.flatMap(({ from, to }) => between(from, to));
  const strangers = inside.filter((at) => texts[at] !== "" && !RULE.test(texts[at] ?? ""));
  const beside = halves.flatMap((at) => runOf(texts, at, wanted));
  const own = new Set([...marks, ...inside, ...beside].filter((at) => !strangers.includes(at)));
  // Of rules that match the last one counts, so of two blocks it was the last one that had effect.
  const place = pairs.at(-1)?.from ?? halves.at(-1) ?? lines.length;
  const others = (isHere: (at: number) => boolean): string[] =>
    lines.filter((_, at) => !own.has(at) && isHere(at));
  return {
    isMarked: marks.length > 0,
    own: [...own].filter((at) => !marks.includes(at) && texts[at] !== "").map((at) => texts[at] ?? ""),
    oddities: [
      ...halves.map(
        (at) =>
          `the ownership rules have a mark of Tracekeep's without its other half: "${texts[at]}" in line ${at + 1}; rules beside it that the file does not name count as others', and stay`,
      ),
      ...(pairs.length > 1
        ? [`the ownership rules have ${pairs.length} blocks of Tracekeep's: the last one stays`]
        : []),
      ...strangers.map(
        (at) =>
          `between Tracekeep's marks in the ownership rules stands what is not its own, and stays, behind them: ${texts[at]}`,
      ),
    ],
    with: (rules) =>
      [
        ...others((at) => at < place),
        ...(rules.length === 0 ? [] : [BEGIN, ...rules, END]),
        ...others((at) => at > place),
      ].join("\n"),
  };
}

function between(from: number, to: number): number[] {
  return Array.from({ length: to - from - 1 }, (_, index) => from + 1 + index);
}

/** The lines behind a begin or before an end, as far as they are wanted. */
function runOf(texts: readonly string[], mark: number, wanted: readonly string[]): number[] {
  const step = texts[mark] === BEGIN ? 1 : -1;
  const run: number[] = [];
  for (let at = mark + step; wanted.includes(texts[at] ?? ""); at += step) run.push(at);
  return run;
}
