import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { emptyFolder } from "./run-cli.ts";

/** A package's manifest by the path of its folder below the service's; "" is the service's own. */
export type Manifests = Readonly<Record<string, object>>;

/** A folder with a service's manifest and its node_modules. */
export function packageFolder(manifests: Manifests): string {
  const folder = emptyFolder();
  for (const [path, manifest] of Object.entries(manifests)) {
    const file = join(folder, path, "package.json");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(manifest));
  }
  return folder;
}

const PEERS = { "@opentelemetry/api": "*", "@grpc/grpc-js": "*" };

/** What `npm install tracekeep @opentelemetry/api @grpc/grpc-js` leaves. */
export const INSTALLED: Manifests = {
  "": { name: "ledger", dependencies: { tracekeep: "*", ...PEERS } },
  "node_modules/tracekeep": { name: "tracekeep", version: "0.1.0", peerDependencies: PEERS },
  "node_modules/@opentelemetry/api": { name: "@opentelemetry/api", version: "1.10.0" },
  "node_modules/@grpc/grpc-js": { name: "@grpc/grpc-js", version: "1.14.7" },
};
