/** Sentry did not do what was asked; the message says what to do, and holds no secret. */
export class ApiError extends Error {
  override name = "ApiError";
}

/** One request, as it is told of. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** Of the token. */
  readonly scope: string;
}

export interface Refusal {
  readonly status: number;
  /** What the answer said about it, without the token. */
  readonly detail: string;
}

/** What a status other than 2xx means here. */
export function refused({ method, path, scope }: Asked, { status, detail }: Refusal): ApiError {
  const says = detail === "" ? "" : `: ${detail}`;
  return new ApiError(`${method} ${path} answered ${status}${says}\n→ ${remedy(status, scope)}`);
}

function remedy(status: number, scope: string): string {
  if (status === 401) return "SENTRY_AUTH_TOKEN is not known there: make a new one, and check SENTRY_URL";
  if (status === 403) return `the token needs the scope ${scope}, and its owner access to the project`;
  if (status === 404) {
    return "check organization, project and url (an EU organization is at https://de.sentry.io), and whether the token may see them";
  }
  if (status === 429) return "Sentry limits its web API: wait a minute, and run this again";
  if (status === 409) {
    return "what is there contradicts it (a name that is taken, or somebody's change at the same moment): make a new plan";
  }
  if (status === 400 || status === 422) return "Sentry does not take this value: correct it in the file";
  if (status >= 300 && status < 400) return "set SENTRY_URL to the address that it redirects to";
  if (status >= 400 && status < 500 && status !== 408) {
    return "Sentry does not do this for the reason that it names; a self-hosted Sentry may be too old for it";
  }
  return "Sentry is in trouble: run this again later; what is done stays done";
}
