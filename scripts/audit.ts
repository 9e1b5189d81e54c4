import { spawnSync } from "node:child_process";

/** What `npm audit --json` says, as far as it matters here. */
interface AuditReport {
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly severity: string; readonly fixAvailable: unknown; readonly range: string }>
  >;
  /** Why the registry gave no answer. */
  readonly message?: string;
  /** Why npm did not ask: it has a code then. */
  readonly error?: { readonly code?: string; readonly summary?: string };
}

interface Findings {
  /** What is grave and has a fix: it must be fixed. */
  readonly fixable: readonly string[];
  readonly others: readonly string[];
}

const GRAVE = new Set(["high", "critical"]);

/**
 * Sorts npm's report; undefined if the registry did not answer, since not every one has an audit endpoint.
 * @throws Error if npm could not ask
 */
export function judgeAudit({ vulnerabilities, message, error }: AuditReport): Findings | undefined {
  if (vulnerabilities === undefined) {
    if (message !== undefined && error?.code === undefined) return undefined;
    throw new Error(`npm audit failed: ${error?.code} ${error?.summary}`);
  }
  const lines = Map.groupBy(Object.entries(vulnerabilities), ([, { severity, fixAvailable }]) =>
    GRAVE.has(severity) && fixAvailable ? "fixable" : "others",
  );
  const linesOf = (kind: keyof Findings) =>
    (lines.get(kind) ?? []).map(([name, { severity, range }]) => `${name} ${range}: ${severity}`);
  return { fixable: linesOf("fixable"), others: linesOf("others") };
}

if (import.meta.main) {
  const { stdout } = spawnSync("npm", ["audit", "--omit=dev", "--json", "--fetch-retries=0"], {
    encoding: "utf8",
    timeout: 60_000,
  });
  // An npm that was cut off has not been answered.
  const findings = judgeAudit(stdout ? JSON.parse(stdout) : { message: "no answer in time" });
  if (findings === undefined) {
    console.log("npm audit: the registry is not reachable, or has no audit");
  } else {
    for (const line of findings.others) console.log(`npm audit: ${line}; not grave, or without a fix`);
    for (const line of findings.fixable) console.error(`npm audit: ${line}; run npm audit fix`);
    if (findings.fixable.length === 0) console.log("npm audit: nothing grave that has a fix");
    process.exitCode = findings.fixable.length === 0 ? 0 : 1;
  }
}
