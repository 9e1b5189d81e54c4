import type { Page } from "playwright-core";
import { beforeEach, describe, expect, it } from "vitest";
import { failedRequest, SAMPLE_TRACE } from "../../src/testing/sample.ts";
import { openPage, textsOf } from "../harness/page.ts";
import { sendSpans, traceOf } from "../harness/send.ts";
import { setStage } from "../harness/stage.ts";
import { trafficTo } from "../harness/traffic.ts";

const stage = setStage();
beforeEach(() => sendSpans(stage.viewer.url, failedRequest));

const svgTexts = async (page: Page, selector: string) =>
  (await page.locator(selector).allTextContents()).map((text) => text.replace(/\s+/g, " "));

describe("the service map", () => {
  it("shows who calls whom, how often, with what failures and how fast, and leads to these traces", async () => {
    const page = await openPage(stage.browser, `${stage.viewer.url}map`);
    await page.locator(".map-node").first().waitFor();
    expect(await svgTexts(page, ".map-node .map-name")).toEqual(["gateway", "ledger", "treasury"]);
    expect(await svgTexts(page, ".map-edge title")).toEqual([
      "gateway → ledger: 1 call, 100 % failed, p50 80.9 ms, p95 80.9 ms, p99 80.9 ms",
      "ledger → treasury: 1 call, 100 % failed, p50 68.0 ms, p95 68.0 ms, p99 68.0 ms",
    ]);
    const boxes = await page
      .locator(".map-node .box")
      .evaluateAll((all) => all.map((box) => box.getBoundingClientRect().x));
    expect(boxes).toEqual(boxes.toSorted((a, b) => a - b));

    // It grows while it is looked at.
    await sendSpans(
      stage.viewer.url,
      traceOf(1, { id: "1", service: "cron" }, { id: "2", parent: "1", service: "ledger", kind: "server" }),
    );
    await page.getByText("cron", { exact: true }).waitFor();
    await page.locator(".map-node", { hasText: "treasury" }).click();
    await expect.poll(() => textsOf(page, ".trace-row b")).toEqual(["POST /accounts"]);
    expect(new URL(page.url()).searchParams.get("q")).toBe('service:"treasury"');
  });

  it("leads to the traces in which a database takes part, whatever else is searched for", async () => {
    const attributes = { "db.system.name": "postgresql", "db.namespace": "shop" };
    await sendSpans(stage.viewer.url, [
      ...traceOf(
        1,
        { id: "1", service: "web", name: "GET /orders", kind: "server" },
        { id: "2", parent: "1", service: "orders", kind: "server" },
        { id: "3", parent: "2", service: "orders", kind: "client", attributes },
      ),
      ...traceOf(2, { id: "1", service: "web", name: "GET /", kind: "server" }),
    ]);
    const page = await openPage(stage.browser, `${stage.viewer.url}map?q=service:web`);
    const found = () => textsOf(page, ".trace-row b");
    for (const place of [
      page.locator(".map-node", { hasText: "postgresql: shop" }),
      page.locator(".map-node", { hasText: "orders" }),
      page.locator(".map-edge", { hasText: "orders → postgresql: shop" }),
    ]) {
      await place.locator("text").first().click();
      await expect.poll(found).toEqual(["GET /orders"]);
      await page.goBack();
    }
  });
});

describe("a page about all traces", () => {
  it.each([
    ["map", ".map-node .map-name"],
    ["methods", "tbody td:first-child"],
  ])("/%s is drawn, and drawn again, while traces keep coming", async (path, names) => {
    await using _ = trafficTo(stage.viewer.url);
    const page = await openPage(stage.browser, stage.viewer.url + path);
    await page.locator(names, { hasText: "gateway" }).first().waitFor();
    for (const [number, service] of [
      [1, "cron"],
      [2, "mailer"],
    ] as const) {
      await sendSpans(stage.viewer.url, traceOf(number, { id: "1", service, kind: "server" }));
      await page.locator(names, { hasText: service }).first().waitFor();
    }
  });
});

describe("the methods", () => {
  it("show counts, failures, percentiles and a histogram, and lead to these traces", async () => {
    await sendSpans(
      stage.viewer.url,
      traceOf(1, {
        id: "1",
        service: "gateway",
        name: "POST /accounts",
        kind: "server",
        to: 10_000,
        attributes: { "sentry.client_sample_rate": 0.01 },
      }),
    );
    const page = await openPage(stage.browser, `${stage.viewer.url}methods`);
    await page.locator("tbody tr").first().waitFor();
    await expect
      .poll(() => textsOf(page, "tbody tr"))
      .toEqual([
        "ledger LedgerService/CreateAccount 1 100 % 73.0 ms 73.0 ms 73.0 ms",
        "treasury TreasuryService/ValidateAccount 1 100 % 56.0 ms 56.0 ms 56.0 ms",
        // A failure, and a success that stands for a hundred.
        "gateway POST /accounts 101 0.99 % 10.0 ms 10.0 ms 10.0 ms",
      ]);
    expect(
      await page
        .locator("tbody tr", { hasText: "POST /accounts" })
        .locator("rect.failed[height='2']")
        .count(),
    ).toBe(1);
    await page.getByRole("link", { name: "TreasuryService/ValidateAccount" }).click();
    await expect.poll(() => textsOf(page, ".trace-row b")).toEqual(["POST /accounts"]);
  });
});

describe("light and dark", () => {
  /** How light the ground is, 0 to 255. */
  const groundOf = async (page: Page) =>
    Number(/\d+/.exec(await page.evaluate<string>("getComputedStyle(document.body).backgroundColor"))?.[0]);

  it("follow the system, until the user chooses, and that stays", async () => {
    const page = await openPage(stage.browser, stage.viewer.traceUrl(SAMPLE_TRACE), { colorScheme: "dark" });
    const button = page.getByRole("button", { name: "Theme" });
    await button.waitFor();
    expect(await groundOf(page)).toBeLessThan(40);
    await page.emulateMedia({ colorScheme: "light" });
    expect(await groundOf(page)).toBeGreaterThan(220);
    await button.click();
    await button.click();
    expect(await button.textContent()).toBe("Theme: dark");
    expect(await groundOf(page)).toBeLessThan(40);
    await page.reload();
    await button.waitFor();
    expect(await groundOf(page)).toBeLessThan(40);
  });
});
