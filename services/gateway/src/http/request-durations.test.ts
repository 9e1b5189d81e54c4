import { once } from "node:events";
import { request } from "node:http";
import { join } from "node:path";
import { startService } from "@tracekeep/service/testing";
import { expect, test } from "vitest";

const main = join(import.meta.dirname, "../main.ts");

/** The labels of requests that were answered, without those that all have. */
function seriesIn(page: string): string[] {
  const series = /^http_server_request_duration_count\{(.*?),otel_scope_name=.*\} 1$/gm;
  return Array.from(page.matchAll(series), ([, labels = ""]) => labels).sort();
}

test("requests are measured by route: neither a path nor a method that a client makes up has a series of its own", async () => {
  await using gateway = await startService(main, { METRICS_PORT: "0", LEDGER_ADDRESS: "127.0.0.1:1" });
  const ask = async (method: string, path: string): Promise<void> => {
    const [host, port] = gateway.address.split(":");
    const asked = request({ host, port, method, path, agent: false });
    const [response] = await once(asked.end(), "response");
    await once(response.resume(), "end");
  };
  await ask("GET", "/accounts/ada");
  await ask("GET", "/made-up/4242");
  await ask("PROPFIND", "/accounts");
  const { url } = await gateway.line("metrics are served");
  const page = await (await fetch(String(url))).text();
  expect(seriesIn(page)).toEqual([
    'http_request_method="GET",url_scheme="http",http_response_status_code="404"',
    'http_request_method="GET",url_scheme="http",http_response_status_code="503",http_route="/accounts/:id",error_type="503"',
    'http_request_method="_OTHER",url_scheme="http",http_response_status_code="404"',
  ]);
});
