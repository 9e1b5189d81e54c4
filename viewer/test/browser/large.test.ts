import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startViewer, type Viewer } from "../../src/index.ts";
import type { SampleSpan } from "../../src/testing/sample.ts";
import { startBrowser } from "../harness/browser.ts";
import { openPage, textsOf } from "../harness/page.ts";
import { sendSpans, traceIdOf, traceOf } from "../harness/send.ts";

const SPANS = 5_000;

let browser: Browser;
let viewer: Viewer;
beforeAll(async () => {
  [browser, viewer] = await Promise.all([startBrowser(), startViewer()]);
  const calls = Array.from(
    { length: SPANS - 1 },
    (_, index): SampleSpan => ({
      id: (index + 2).toString(16),
      // Two spans to a call, the second below the first.
      parent: index % 2 === 0 ? "1" : (index + 1).toString(16),
      name: `span ${index + 2}`,
      service: ["payroll", "ledger", "treasury"][index % 3] ?? "",
      from: index * 10,
      to: index * 10 + 9,
    }),
  );
  await sendSpans(
    viewer.url,
    traceOf(1, { id: "1", name: "span 1", service: "gateway", to: SPANS * 10 }, ...calls),
  );
});
afterAll(() => Promise.all([browser.close(), viewer.close()]));

it("a trace of 5,000 spans is scrolled through, with few of them in the document at a time", async () => {
  const page = await openPage(browser, viewer.traceUrl(traceIdOf(1)));
  await page.getByText("5000 spans").waitFor();
  const rows = page.locator(".span-row");
  const box = page.locator(".span-rows");
  const seen = new Set<string>();
  const [height, whole] = await box.evaluate(
    (element) => [element.clientHeight, element.scrollHeight] as const,
  );
  expect(whole).toBeGreaterThan(SPANS * 20);
  for (let top = 0; top < whole; top += Math.floor(height * 0.9)) {
    await box.evaluate((element, to) => element.scrollTo(0, to), top);
    // Two frames: one in which the page hears of it, one in which it is drawn.
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
    expect(await rows.count()).toBeLessThan(100);
    for (const name of await textsOf(page, ".span-name")) seen.add(name);
  }
  expect(seen.size).toBe(SPANS);
});

it("keys and folding reach each end of it", async () => {
  const page = await openPage(
    browser,
    `${viewer.traceUrl(traceIdOf(1))}?span=${SPANS.toString(16).padStart(16, "0")}`,
  );
  await expect.poll(() => textsOf(page, ".span-row.selected .span-name")).toEqual([`span ${SPANS}`]);
  expect(await page.locator(".span-row.selected").isVisible()).toBe(true);
  await page.keyboard.press("k");
  await expect.poll(() => textsOf(page, ".span-row.selected .span-name")).toEqual([`span ${SPANS - 1}`]);
  await page.goto(`${viewer.traceUrl(traceIdOf(1))}?span=${"1".padStart(16, "0")}`);
  await page.locator(".span-row.selected").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText(`${SPANS - 1} below`).waitFor();
  await expect.poll(() => textsOf(page, ".span-name")).toEqual(["span 1"]);
});
