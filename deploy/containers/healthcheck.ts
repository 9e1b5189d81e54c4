import { credentials, Metadata } from "@grpc/grpc-js";
import { HealthCheckResponse_ServingStatus, HealthClient } from "@tracekeep/proto/grpc/health/v1";

// Asks once whether the service in this container takes requests, for engines that run a command to learn it:
//   node healthcheck.ts HOST:PORT    by grpc.health.v1
//   node healthcheck.ts http://...   by HTTP, 200 or not
// Exit code 0 if it does, else 1, with the reason on stderr.
const LIMIT_MS = 2_000;
const [target = ""] = process.argv.slice(2);

try {
  await (target.startsWith("http:") ? askHttp(target) : askGrpc(target));
} catch (error) {
  process.stderr.write(`${target} is not healthy: ${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function askHttp(url: string): Promise<void> {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
  if (status !== 200) throw new Error(`it answers ${status}`);
}

function askGrpc(address: string): Promise<void> {
  const client = new HealthClient(address, credentials.createInsecure());
  return new Promise<void>((resolve, reject) => {
    client.check({ service: "" }, new Metadata(), { deadline: Date.now() + LIMIT_MS }, (error, response) => {
      if (error) reject(error);
      else if (response.status === HealthCheckResponse_ServingStatus.SERVING) resolve();
      else reject(new Error("it does not take requests"));
    });
  }).finally(() => client.close());
}
