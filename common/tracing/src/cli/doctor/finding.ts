/** What a check says: a warning is worth a look, a fault stops traces; not checked: an earlier fault is in the way. */
export type Verdict = "ok" | "warning" | "fault" | "not checked";

/** The result of one check, in words without secrets. */
export interface Finding {
  readonly name: string;
  readonly verdict: Verdict;
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}

export function ok(name: string, message: string): Finding {
  return { name, verdict: "ok", message };
}

export function warning(name: string, message: string, fix: string): Finding {
  return { name, verdict: "warning", message, fix };
}

export function fault(name: string, message: string, fix: string): Finding {
  return { name, verdict: "fault", message, fix };
}

export function notChecked(name: string, message: string): Finding {
  return { name, verdict: "not checked", message };
}
