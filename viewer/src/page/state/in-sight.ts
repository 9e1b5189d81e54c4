import { signal } from "@preact/signals";

/** Whether the page is looked at, rather than a tab behind another one. */
export const isInSight = signal(!document.hidden);

document.addEventListener("visibilitychange", () => {
  isInSight.value = !document.hidden;
});
