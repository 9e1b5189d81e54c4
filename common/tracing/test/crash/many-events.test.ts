import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startIntake } from "../harness/intake.ts";
import { runNode } from "../harness/run-node.ts";
import { startProxy } from "../proxy/harness/proxy.ts";
import { makeAuthority } from "../tls/harness/authority.ts";
import { startTlsFront } from "../tls/harness/tls-front.ts";

const program = fileURLToPath(new URL("./fixtures/many-failures.ts", import.meta.url));

test("EXP-13: hundreds of issues that wait at a crash arrive over few connections, that of the crash first", async () => {
  const authority = makeAuthority();
  const intake = await startIntake();
  const front = await startTlsFront(authority.issue({ names: ["localhost"] }), intake.port);
  const proxy = await startProxy();
  onTestFinished(async () => {
    await Promise.all([intake.close(), front.close(), proxy.close()]);
    authority.remove();
  });
  await runNode(program, {
    args: ["300"],
    env: {
      SENTRY_DSN: `https://publickey@localhost:${front.port}/42`,
      HTTPS_PROXY: proxy.url,
      TRACE_EXPORT_CA_FILE: authority.file,
      TRACE_KEEP_MAX_PER_SECOND: "10000",
      TRACE_SAMPLE_RATE: "0",
      TRACE_EXPORT_INTERVAL_MS: "60000",
    },
  });
  const messages = intake.errors.map(({ exception }) => exception.values.at(-1)?.value);
  expect(new Set(messages).size).toBe(301);
  // The process itself has eight under way, and those who send the rest are 32.
  expect(messages.indexOf("thrown by nobody's will")).toBeLessThan(40);
  expect(proxy.made()).toBeLessThanOrEqual(40);
});
