import { type Finding, warning } from "../finding.ts";

/** Modules that NODE_OPTIONS loads before the service: a tracer among them registers first. */
export function checkPreloads(nodeOptions = ""): Finding[] {
  const loaded = Array.from(
    nodeOptions.matchAll(/(?:^|\s)(?:--require|--import|-r)[= ]"?([^\s"]+)/g),
    ([, name]) => name ?? "",
  );
  if (loaded.length === 0) return [];
  return [
    warning(
      "preloads",
      `NODE_OPTIONS loads ${loaded.join(", ")} before the service: what registers with OpenTelemetry there stays, and Tracekeep's spans alone are sent`,
      "remove it from NODE_OPTIONS if it is a tracer",
    ),
  ];
}
