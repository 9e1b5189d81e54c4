import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyTree } from "./testing/copied-tree.ts";
import { startDev } from "./testing/dev-process.ts";

const ACCOUNT = JSON.stringify({ name: "Ada Lovelace", currency: "EUR", institution: "NORDBANK" });

test("a changed service is started anew with its data, a broken one shows why and recovers", async () => {
  const tree = await copyTree();
  const dev = await startDev({ root: tree.root, env: { READ_ENV_FILES: "true" } });
  await dev.up();
  const open = (body = ACCOUNT) => fetch(`${dev.gateway}/accounts`, { method: "POST", body });
  const answerTo = async (body?: string) => JSON.stringify(await (await open(body)).json());
  const account = (await (await open()).json()) as { id: string };

  // A comment alone, saved by a new file in the old one's place, twice: the watch must outlive that.
  for (const comment of ["// one", "// two"]) {
    const since = dev.output.length;
    await tree.replace("services/ledger/src/main.ts", (text) => `${text}${comment}\n`);
    await dev.says(/ledger +services\/ledger\/src\/main\.ts has changed.*ledger +info +ready/s, since);
  }
  // The gateway may take a second to find the ledger again.
  const kept = async () => (await fetch(`${dev.gateway}/accounts/${account.id}`)).status;
  await expect.poll(kept, { message: "the data was kept", timeout: 20_000 }).toBe(200);
  expect(existsSync(join(tree.root, ".dev/ledger.sqlite"))).toBe(true);

  // A file that is only imported, in another workspace: all services are made of it. The next request shows it.
  let since = dev.output.length;
  await tree.edit("services/ledger/src/requests/accounts.ts", (text) =>
    text.replace("give the holder's name", "say who holds it"),
  );
  await dev.says(/requests\/accounts\.ts has changed.*ledger +info +ready/s, since);
  await expect
    .poll(() => answerTo(ACCOUNT.replace("Ada Lovelace", "")), { timeout: 20_000 })
    .toContain("say who holds it");
  since = dev.output.length;
  await tree.edit("proto/treasury/v1/treasury.ts", (text) => `${text}// changed\n`);
  for (const name of ["treasury", "ledger", "payroll", "gateway"])
    await dev.says(new RegExp(`${name} +proto/treasury/v1/treasury\\.ts has changed`), since);
  await dev.says(/gateway +info +ready/, since);

  // Nothing that is not part of a service starts one anew; then a broken file, and its repair.
  since = dev.output.length;
  await tree.write("services/ledger/src/unused.test.ts", "");
  await tree.edit("services/ledger/src/ledger-handlers.ts", (text) => `${text}const broken = ;\n`);
  await dev.says(/const broken = ;.*ledger +has ended \(exit code 1\)/s, since);
  expect(dev.output.slice(since)).not.toContain("unused.test.ts");
  expect((await open()).status).toBe(503);
  since = dev.output.length;
  await tree.replace("services/ledger/src/ledger-handlers.ts", (text) =>
    text.replace("const broken = ;\n", ""),
  );
  await dev.says(/ledger +info +ready/, since);
  await expect.poll(async () => (await open()).status, { timeout: 20_000 }).toBe(201);

  // Settings of the developer's own count, but for those that make the desk.
  since = dev.output.length;
  await tree.write(
    "services/ledger/.env",
    "ENVIRONMENT=production\nTRACE_SAMPLE_RATE=0\nSERVICE_VERSION=9.9.9-mine\n",
  );
  await dev.says(/ledger +services\/ledger\/\.env has changed.*ledger +info +ready/s, since);
  await expect.poll(async () => (await open()).status, { timeout: 20_000 }).toBe(201);
  const traceId = (await open()).headers.get("x-trace-id") ?? "";
  const trace = await dev.trace(traceId, ({ nodes }) => nodes.length === 10);
  const { resource } = trace.nodes.find(({ span }) => span.service === "ledger")?.span ?? {};
  expect(resource).toMatchObject({
    "service.version": "9.9.9-mine",
    "deployment.environment.name": "development",
  });
}, 120_000);
