/** What Semantic Versioning 2.0 lets stand in build metadata; Sentry refuses releases with a slash or a line's end. */
const NO_METADATA = /[^0-9A-Za-z-]/g;

/**
 * The version with the commit as its build metadata, as in `1.4.0+3f2c1ab`: each commit is a release of its own.
 * A version that has metadata already stays as it is.
 */
export function releaseOf(version: string, commit: string | undefined): string {
  if (commit === undefined || version.includes("+")) return version;
  return `${version}+${commit.replace(NO_METADATA, "-")}`;
}
