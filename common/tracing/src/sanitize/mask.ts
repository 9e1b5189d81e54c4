/** What stands where a secret stood; the same text that Sentry's own scrubbing leaves. */
export const MASK = "[Filtered]";
