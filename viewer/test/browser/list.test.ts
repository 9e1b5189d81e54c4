import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { startViewer } from "../../src/index.ts";
import { failedRequest, SAMPLE_TRACE } from "../../src/testing/sample.ts";
import { attributesOf } from "../../src/trace/attributes.ts";
import { follow } from "../harness/follow.ts";
import { openPage, textsOf } from "../harness/page.ts";
import { sendSpans, traceIdOf, traceOf } from "../harness/send.ts";
import { setStage } from "../harness/stage.ts";

const stage = setStage();

const NAMES = ".trace-row b";
const request = (number: number, name: string, more: object = {}) =>
  traceOf(number, {
    id: "1",
    service: "gateway",
    name,
    kind: "server",
    from: number * 1_000,
    to: number * 1_000 + 500,
    ...more,
  });

/** Puts a tab behind others or in front: Playwright has each believe that it is in front. */
async function setBehind(page: Page, isBehind: boolean): Promise<void> {
  await page.evaluate(
    `Object.defineProperty(document, "hidden", { configurable: true, value: ${isBehind} })`,
  );
  await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
}

async function isInside(outer: Locator, inner: Locator): Promise<boolean> {
  const [box, part] = [await outer.boundingBox(), await inner.boundingBox()];
  return box !== null && part !== null && part.y >= box.y && part.y + part.height <= box.y + box.height;
}

describe("the list", () => {
  it("says how to begin, then shows what arrives without being asked, failed traces first", async () => {
    const page = await openPage(stage.browser, stage.viewer.url);
    await page.getByText(`SENTRY_DSN=http://dev@127.0.0.1:${stage.viewer.intake.port}/1`).waitFor();
    await sendSpans(stage.viewer.url, request(1, "GET /first"));
    await page.getByText("GET /first").waitFor();
    await sendSpans(stage.viewer.url, request(2, "GET /second"));
    await page.getByText("GET /second").waitFor();
    await expect.poll(() => textsOf(page, NAMES)).toEqual(["GET /second", "GET /first"]);

    await sendSpans(stage.viewer.url, failedRequest);
    await page
      .getByText("treasury: TreasuryService/ValidateAccount – bank DOWNBANK is not reachable")
      .waitFor();
    await expect.poll(() => textsOf(page, NAMES)).toEqual(["POST /accounts", "GET /second", "GET /first"]);
    await expect
      .poll(() => textsOf(page, ".trace-row >> nth=0"))
      .toEqual([expect.stringMatching(/gateway POST \/accounts 503 .*development 84\.2 ms 8 /)]);
  });

  it("finds by service, method, status, duration, id and text, and says what it does not understand", async () => {
    await sendSpans(stage.viewer.url, [
      ...failedRequest,
      ...request(1, "GET /slow", { to: 900_000 }),
      ...request(2, "GET /quick"),
    ]);
    const page = await openPage(stage.browser, stage.viewer.url);
    const search = page.getByLabel("Search traces");
    for (const [text, names] of [
      ["service:treasury", ["POST /accounts"]],
      ["method:quick", ["GET /quick"]],
      ["status:UNAVAILABLE", ["POST /accounts"]],
      ["duration:>500ms", ["GET /slow"]],
      [`id:${traceIdOf(2)}`, ["GET /quick"]],
      ["DOWNBANK", ["POST /accounts"]],
      ["", ["POST /accounts", "GET /quick", "GET /slow"]],
    ] as const) {
      await search.fill(text);
      await expect.poll(() => textsOf(page, NAMES)).toEqual(names);
      expect(new URL(page.url()).searchParams.get("q") ?? "").toBe(text);
    }
    await search.fill("duration:slow");
    await page.getByRole("alert").getByText("write duration:>100ms").waitFor();
    await search.fill("no such thing");
    await page.getByText("No trace fits").waitFor();
  });

  it("filters by environment, by failure and in another order, and keeps that in its address", async () => {
    const staging = request(1, "GET /staging", { to: 900_000 }).map((span) => ({
      ...span,
      resource: attributesOf([
        { key: "service.name", value: { stringValue: "gateway" } },
        { key: "deployment.environment.name", value: { stringValue: "staging" } },
      ]),
    }));
    await sendSpans(stage.viewer.url, [...staging, ...failedRequest]);
    const page = await openPage(stage.browser, stage.viewer.url);
    await page.getByLabel("Order").selectOption("Slowest first");
    await expect.poll(() => textsOf(page, NAMES)).toEqual(["GET /staging", "POST /accounts"]);
    await page.getByLabel("Environment").selectOption("staging");
    await expect.poll(() => textsOf(page, NAMES)).toEqual(["GET /staging"]);
    await page.reload();
    await expect.poll(() => textsOf(page, NAMES)).toEqual(["GET /staging"]);
    await page.getByLabel("Environment").selectOption("All environments");
    await page.getByLabel("Only failed").check();
    await expect.poll(() => textsOf(page, NAMES)).toEqual(["POST /accounts"]);
  });

  it("is used by keys alone", async () => {
    await sendSpans(stage.viewer.url, [
      ...failedRequest,
      ...request(1, "GET /first"),
      ...request(2, "GET /second"),
    ]);
    const page = await openPage(stage.browser, stage.viewer.url);
    await page.getByText("GET /second").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await expect.poll(() => textsOf(page, ".trace-row.selected b")).toEqual(["GET /second"]);
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/trace/${SAMPLE_TRACE}`);
    await page.locator(".span-row").first().waitFor();
    await page.keyboard.press("Escape");
    await page.waitForURL(stage.viewer.url);

    await page.keyboard.press("/");
    await page.keyboard.type("jk/?");
    await page.getByText("No trace fits").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.getByText("GET /second").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("go to the span that failed first").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("leaves Enter to a link or a button that has the focus", async () => {
    await sendSpans(stage.viewer.url, [...request(1, "GET /first"), ...request(2, "GET /second")]);
    const page = await openPage(stage.browser, stage.viewer.url);
    await page.getByText("GET /second").waitFor();
    await page.keyboard.press("j");
    await page.getByRole("button", { name: "Help" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(`#trace-${traceIdOf(1)}`).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/trace/${traceIdOf(1)}`);
    await page.goBack();

    // Keys that step take Enter with them.
    await page.locator(`#trace-${traceIdOf(1)}`).focus();
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/trace/${traceIdOf(2)}`);
  });

  it("is where it was when one comes back from a trace, and stays where one scrolls", async () => {
    await sendSpans(
      stage.viewer.url,
      Array.from({ length: 3_000 }, (_, index) => request(index + 1, `GET /${index + 1}`)).flat(),
    );
    const page = await openPage(stage.browser, stage.viewer.url);
    await page.getByText("3,000 traces").first().waitFor();
    const rows = page.locator(".trace-rows");
    await rows.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
    const row = page.getByText("GET /1500", { exact: true });
    await row.click();
    await page.locator(".span-row").first().waitFor();
    await page.goBack();
    await page.getByText("3,000 traces").first().waitFor();
    await expect.poll(() => isInside(rows, row)).toBe(true);
    // It moves with its row, …
    const more = Array.from({ length: 20 }, (_, index) => request(index + 4_001, "GET /more")).flat();
    await sendSpans(stage.viewer.url, more);
    await page.getByText("3,020 traces").first().waitFor();
    await expect.poll(() => isInside(rows, row)).toBe(true);
    // … but does not hold back who scrolls on.
    await rows.evaluate((element) => element.scrollTo(0, 0));
    await sendSpans(stage.viewer.url, request(5_000, "GET /newest"));
    await page.getByText("GET /newest").waitFor();
    expect(await rows.evaluate((element) => element.scrollTop)).toBe(0);
  });

  it("holds thousands of traces, of which only those in sight are in the document", async () => {
    await sendSpans(
      stage.viewer.url,
      Array.from({ length: 3_000 }, (_, index) => request(index + 1, `GET /${index + 1}`)).flat(),
    );
    const page = await openPage(stage.browser, stage.viewer.url);
    await page.getByText("3,000 traces").first().waitFor();
    expect(await page.locator(".trace-row").count()).toBeLessThan(60);
    await page.locator(".trace-rows").evaluate((rows) => rows.scrollTo(0, rows.scrollHeight));
    await page.getByText("GET /1", { exact: true }).waitFor();
  });

  it("is open in more tabs than a browser has connections: those behind others take none", async () => {
    await sendSpans(stage.viewer.url, request(1, "GET /first"));
    const first = await openPage(stage.browser, stage.viewer.url);
    await first.getByText("GET /first").waitFor();
    let tab = first;
    for (let others = 0; others < 7; others++) {
      await setBehind(tab, true);
      tab = await first.context().newPage();
      await tab.goto(stage.viewer.url);
      await tab.getByText("GET /first").waitFor();
    }
    await sendSpans(stage.viewer.url, request(2, "GET /second"));
    await tab.getByText("GET /second").waitFor();
    await setBehind(tab, true);
    expect(await first.getByText("GET /second").count()).toBe(0);
    await setBehind(first, false);
    await first.getByText("GET /second").waitFor();
  });

  it("says that the viewer is gone, and goes on when it is back", async () => {
    const page = await openPage(stage.browser, stage.viewer.url);
    const connection = page.locator(".connection");
    await connection.getByText("live").waitFor();
    const { port } = stage.viewer.intake;
    await stage.viewer.close();
    await connection.getByText("lost").waitFor();
    await using again = await startViewer({ port });
    await sendSpans(again.url, request(1, "GET /again"));
    await page.getByText("GET /again").waitFor();
    await connection.getByText("live").waitFor();
  });

  it("tries again until the viewer has room for it", async () => {
    const others = await Promise.all(Array.from({ length: 32 }, () => follow(stage.viewer.url)));
    const page = await openPage(stage.browser, stage.viewer.url, { expected: /503/ });
    await page.locator(".connection").getByText("lost").waitFor();
    for (const other of others) await other[Symbol.asyncDispose]();
    await page.locator(".connection").getByText("live").waitFor();
  });

  it("goes on taking keys when only failed traces were asked for", async () => {
    await sendSpans(stage.viewer.url, failedRequest);
    const page = await openPage(stage.browser, stage.viewer.url);
    await page.locator(".trace-row").waitFor();
    await page.getByLabel("Only failed").click();
    await page.keyboard.press("j");
    await page.locator(".trace-row.selected").waitFor();
  });

  it("filters also while a quote is still open", async () => {
    await sendSpans(stage.viewer.url, failedRequest);
    const page = await openPage(
      stage.browser,
      new URL("/?q=%22POST&status=failed&env=development", stage.viewer.url),
    );
    await page.locator(".trace-row").waitFor();
  });

  it.each([390, 640])("keeps to a window of %i pixels", async (width) => {
    await sendSpans(stage.viewer.url, failedRequest);
    const page = await openPage(stage.browser, stage.viewer.traceUrl(SAMPLE_TRACE), {
      viewport: { width, height: 700 },
    });
    await page.locator(".span-row").first().waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  });
});
