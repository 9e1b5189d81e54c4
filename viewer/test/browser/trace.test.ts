import { describe, expect, it } from "vitest";
import { startViewer } from "../../src/index.ts";
import { failedRequest, SAMPLE_START, SAMPLE_TRACE, sampleSpan } from "../../src/testing/sample.ts";
import type { SpanRecord } from "../../src/trace/span.ts";
import { openPage, textsOf } from "../harness/page.ts";
import { sendSpans, traceIdOf, traceOf } from "../harness/send.ts";
import { setStage } from "../harness/stage.ts";
import { trafficTo } from "../harness/traffic.ts";

const stage = setStage();

/** The failed request as Tracekeep sends it: kept, with its root cause marked. */
const kept: readonly SpanRecord[] = failedRequest.map((span) => ({
  ...span,
  attributes: {
    ...span.attributes,
    "tracekeep.keep.reason": "error",
    ...(span.spanId.endsWith("7") ? { "tracekeep.root_cause": true } : {}),
  },
}));
const SPANS = ".span-row .span-name";
const selected = ".span-row.selected .span-name";

describe("a trace", () => {
  it("is a waterfall over all services: what it waited for, where it failed first, and why it is here", async () => {
    await sendSpans(stage.viewer.url, kept);
    const page = await openPage(stage.browser, stage.viewer.traceUrl(SAMPLE_TRACE));
    await page.locator(".span-row").first().waitFor();
    await expect
      .poll(() => textsOf(page, ".span-row:not(.note)"))
      .toEqual([
        "▾ gateway POST /accounts 84.2 ms ✗ 503",
        "▾ gateway → LedgerService/CreateAccount 80.9 ms ✗ UNAVAILABLE",
        "▾ ledger LedgerService/CreateAccount 73.0 ms ✗ UNAVAILABLE",
        "▾ ledger open account 71.5 ms ✗ ERROR",
        "ledger → SELECT accounts 450 µs",
        "▾ ledger → TreasuryService/ValidateAccount 68.0 ms ✗ UNAVAILABLE",
        "▾ treasury TreasuryService/ValidateAccount root cause 56.0 ms ✗ UNAVAILABLE",
        "treasury → SELECT institutions 2.00 ms",
      ]);
    await expect.poll(() => textsOf(page, ".span-row.note")).toEqual(["✗ bank DOWNBANK is not reachable"]);
    await expect
      .poll(() => textsOf(page, ".notice"))
      .toEqual([
        expect.stringContaining(
          "Root cause treasury TreasuryService/ValidateAccount – bank DOWNBANK is not reachable",
        ),
        expect.stringContaining("Kept, because it failed"),
      ]);
    await expect
      .poll(() => textsOf(page, ".waited-for"))
      .toEqual([expect.stringContaining("treasury 56.0 ms (67 %)")]);
    const bar = await page.locator(`#span-${"7".padStart(16, "0")} .bar`).boundingBox();
    const axis = await page.locator(".ticks").boundingBox();
    expect(((bar?.x ?? 0) - (axis?.x ?? 0)) / (axis?.width ?? 1)).toBeCloseTo(20 / 84.2, 2);
    expect((bar?.width ?? 0) / (axis?.width ?? 1)).toBeCloseTo(56 / 84.2, 2);
  });

  it("tells all that a span says: attributes, events, links that can be followed", async () => {
    const span: SpanRecord = {
      ...sampleSpan({
        id: "1",
        attributes: { "account.currency": "EUR", rate: 0.5 },
        status: "error",
        message: "no money",
      }),
      events: [
        {
          name: "exception",
          timeNanos: SAMPLE_START + 5_000n,
          attributes: { "exception.type": "MoneyError" },
        },
      ],
      links: [{ traceId: traceIdOf(7), spanId: "00000000000000aa", attributes: {} }],
    };
    await sendSpans(stage.viewer.url, [span, ...traceOf(7, { id: "aa", name: "linked" })]);
    const page = await openPage(stage.browser, stage.viewer.traceUrl(SAMPLE_TRACE));
    await page.getByLabel("shop: span 1").click();
    const panel = page.getByLabel("Span", { exact: true });
    await panel.getByText("account.currency").waitFor();
    const text = (await textsOf(page, ".span-panel")).join();
    for (const part of [
      "no money",
      "account.currency EUR",
      "rate 0.5",
      "exception at 5.00 µs exception.type MoneyError",
      "deployment.environment.name development",
    ])
      expect(text).toContain(part);
    await panel.getByText(`Trace ${traceIdOf(7)}`).click();
    await page.waitForURL(`**/trace/${traceIdOf(7)}?span=00000000000000aa`);
    await page.getByRole("heading", { level: 1, name: "linked" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "span 1" }).waitFor();
  });

  it("opens by its address, at a span too, and says so if it is not there", async () => {
    await sendSpans(stage.viewer.url, kept);
    const page = await openPage(
      stage.browser,
      `${stage.viewer.traceUrl(SAMPLE_TRACE)}?span=0000000000000008`,
    );
    await expect.poll(() => textsOf(page, selected)).toEqual(["→ SELECT institutions"]);
    expect(await page.title()).toContain("POST /accounts");
    await page.reload();
    await expect.poll(() => textsOf(page, selected)).toEqual(["→ SELECT institutions"]);
  });

  it("shows parents that were not received as such", async () => {
    await sendSpans(stage.viewer.url, failedRequest.slice(2));
    const page = await openPage(stage.browser, stage.viewer.traceUrl(SAMPLE_TRACE));
    await expect
      .poll(() => textsOf(page, ".span-row.missing >> nth=0"))
      .toEqual(["parent 0000000000000002 not received"]);
    await page.getByText("1 parent not received").waitFor();
  });

  it("is used by keys: next, fold, root cause, critical path, find, close, back", async () => {
    await sendSpans(stage.viewer.url, kept);
    const page = await openPage(stage.browser, stage.viewer.traceUrl(SAMPLE_TRACE));
    await page.locator(".span-row").first().waitFor();
    await page.keyboard.press("e");
    await expect.poll(() => textsOf(page, selected)).toEqual(["TreasuryService/ValidateAccount"]);
    await page.keyboard.press("k");
    await page.keyboard.press("k");
    await expect.poll(() => textsOf(page, selected)).toEqual(["→ SELECT accounts"]);
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await expect.poll(() => textsOf(page, SPANS)).toHaveLength(4);
    await expect.poll(() => textsOf(page, ".span-row.selected .badge")).toEqual(["4 below"]);
    await page.keyboard.press("e");
    await expect.poll(() => textsOf(page, SPANS)).toHaveLength(8);

    await page.keyboard.press("c");
    expect(await page.locator(".only-critical .not-critical").count()).toBe(0);
    expect(await page.getByLabel("Critical path only").isChecked()).toBe(true);

    await page.keyboard.press("/");
    await page.keyboard.type("select");
    await page.getByText("2 found").waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => textsOf(page, selected)).toEqual(["→ SELECT accounts"]);
    await page.keyboard.press("Enter");
    await expect.poll(() => textsOf(page, selected)).toEqual(["→ SELECT institutions"]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".span-panel").count()).toBe(0);
    await page.keyboard.press("Escape");
    await page.waitForURL(stage.viewer.url);
  });

  it("is used by keys and the mouse: Enter does what it says on whatever has the focus", async () => {
    await sendSpans(stage.viewer.url, kept);
    const page = await openPage(stage.browser, stage.viewer.traceUrl(SAMPLE_TRACE));
    await page.getByLabel(/^ledger: open account/).click();
    await page.keyboard.press("Enter");
    await expect.poll(() => textsOf(page, SPANS)).toHaveLength(4);
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await expect.poll(() => textsOf(page, SPANS)).toHaveLength(3);

    await page.getByLabel(/^gateway: POST/).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => textsOf(page, selected)).toEqual(["POST /accounts"]);
    await page.getByRole("button", { name: "Theme: auto" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Theme: light" }).waitFor();
    expect(await textsOf(page, SPANS)).toHaveLength(3);
    await page.getByRole("link", { name: "Methods" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/methods");
  });

  it("leaves what did not matter for its duration off the critical path", async () => {
    await sendSpans(
      stage.viewer.url,
      traceOf(
        1,
        { id: "1", to: 100 },
        { id: "2", parent: "1", to: 90 },
        { id: "3", parent: "1", name: "beside", to: 50 },
      ),
    );
    const page = await openPage(stage.browser, stage.viewer.traceUrl(traceIdOf(1)));
    await page.getByLabel("Critical path only").check();
    await expect.poll(() => textsOf(page, ".only-critical .not-critical .span-name")).toEqual(["beside"]);
  });

  it("grows while it is looked at", async () => {
    await sendSpans(stage.viewer.url, kept.slice(0, 4));
    const page = await openPage(stage.browser, stage.viewer.traceUrl(SAMPLE_TRACE));
    await expect.poll(() => textsOf(page, SPANS)).toHaveLength(4);
    await sendSpans(stage.viewer.url, kept.slice(4));
    await expect.poll(() => textsOf(page, SPANS), { timeout: 5_000 }).toHaveLength(8);
  });

  it("grows while more spans of it come all the time", async () => {
    await sendSpans(stage.viewer.url, kept.slice(0, 4));
    await using _ = trafficTo(stage.viewer.url, SAMPLE_TRACE);
    const page = await openPage(stage.browser, stage.viewer.traceUrl(SAMPLE_TRACE));
    await page.getByText("POST /accounts").first().waitFor();
    await sendSpans(stage.viewer.url, kept.slice(4));
    await page.getByText("TreasuryService/ValidateAccount").first().waitFor();
  });

  it("is copied as a command that posts it again, and as a link", async () => {
    await sendSpans(stage.viewer.url, [
      ...kept,
      { ...sampleSpan({ id: "9", parent: "1", name: "it's \u202e名\nEOF" }) },
    ]);
    const page = await openPage(stage.browser, stage.viewer.traceUrl(SAMPLE_TRACE), {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const copied = async (title: string) => {
      const button = page.getByTitle(title);
      await button.click();
      await button.getByText("Copied").waitFor();
      return page.evaluate<string>("navigator.clipboard.readText()");
    };
    const command = await copied("A command that posts this trace again");
    const [, url = "", body = ""] =
      /^curl (\S+) -H 'content-type: application\/json' --data-binary @- <<'OTLP'\n(.*)\nOTLP\n$/.exec(
        command,
      ) ?? [];
    expect(body).toMatch(/^[ -~]+$/);
    await using other = await startViewer();
    expect(new URL(url).origin).toBe(new URL(stage.viewer.url).origin);
    await fetch(new URL(new URL(url).pathname, other.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(other.intake.trace(SAMPLE_TRACE)).toEqual(stage.viewer.intake.trace(SAMPLE_TRACE));
    expect(await copied("A link to this trace")).toBe(stage.viewer.traceUrl(SAMPLE_TRACE));
  });

  it("shows an issue whose span was not received", async () => {
    await sendSpans(stage.viewer.url, failedRequest);
    const trace = { trace_id: SAMPLE_TRACE, span_id: "9999999999999999" };
    const event = { event_id: "a".repeat(32), message: "no ink left", contexts: { trace } };
    await fetch(new URL("/api/1/envelope/?sentry_key=dev", stage.viewer.url), {
      method: "POST",
      body: [{}, { type: "event" }, event].map((line) => JSON.stringify(line)).join("\n"),
    });
    const page = await openPage(stage.browser, stage.viewer.traceUrl(SAMPLE_TRACE));
    await page.getByText("no ink left").waitFor();
  });
});
