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
});
