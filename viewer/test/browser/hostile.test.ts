import { describe, expect, it } from "vitest";
import { startViewer } from "../../src/index.ts";
import { SAMPLE_START, SAMPLE_TRACE, sampleSpan } from "../../src/testing/sample.ts";
import { attributesOf } from "../../src/trace/attributes.ts";
import type { SpanRecord } from "../../src/trace/span.ts";
import { openPage, textsOf } from "../harness/page.ts";
import { sendSpans } from "../harness/send.ts";
import { setStage } from "../harness/stage.ts";

const stage = setStage();

const SCRIPTS = [
  "<script>document.title='hit'</script>",
  `<img src=x onerror="document.title='hit'">`,
  `"><svg onload="document.title='hit'">`,
  "javascript:document.title='hit'",
  "{{constructor.constructor('document.title=`hit`')()}}",
];

/** A trace that says it in every place that has room for a text. */
function hostileTrace(text: string): SpanRecord[] {
  const attributes = attributesOf([
    { key: text, value: { stringValue: text } },
    { key: "db.system.name", value: { stringValue: text } },
    { key: "rpc.status_code", value: { stringValue: text } },
    { key: "tracekeep.keep.reason", value: { stringValue: text } },
    { key: "url.full", value: { stringValue: text } },
  ]);
  const resource = attributesOf([
    { key: "service.name", value: { stringValue: text } },
    { key: "deployment.environment.name", value: { stringValue: text } },
  ]);
  const span = { name: text, statusMessage: text, resource, attributes, status: "error" as const };
  return [
    { ...sampleSpan({ id: "1", parent: "99", kind: "server" }), ...span },
    {
      ...sampleSpan({ id: "2", parent: "1", kind: "client" }),
      ...span,
      events: [{ name: text, timeNanos: SAMPLE_START, attributes }],
      links: [{ traceId: SAMPLE_TRACE, spanId: "0000000000000001", attributes }],
    },
  ];
}

/** What a script in the page could try; resolves to what was not allowed. */
const TRY = `(async () => {
  const blocked = [];
  const attempt = (what, act) => { try { act(); } catch { blocked.push(what); } };
  const violation = new Promise((resolve) => document.addEventListener("securitypolicyviolation", resolve));
  attempt("text of a script", () => { document.createElement("script").text = "document.title = 'hit'"; });
  attempt("HTML", () => document.body.insertAdjacentHTML("beforeend", "<b>HTML</b>"));
  await fetch("http://127.0.0.1:9/").then(() => undefined, () => blocked.push("another origin"));
  return [...blocked, Boolean(await violation)];
})()`;

describe("what looks like a script", () => {
  it.each(SCRIPTS)("%s is shown as the text that it is, everywhere", async (text) => {
    await sendSpans(stage.viewer.url, hostileTrace(text));
    const page = await openPage(stage.browser, stage.viewer.url);
    await page.locator(".trace-row").waitFor();
    expect((await textsOf(page, ".trace-row b"))[0]).toBe(text);
    for (const path of [
      `trace/${SAMPLE_TRACE}?span=0000000000000002`,
      "map",
      "methods",
      `?q=${encodeURIComponent(text)}`,
    ]) {
      await page.goto(stage.viewer.url + path);
      await page
        .locator(".span-panel dl, .map-node, .methods tbody tr, .trace-row, .empty")
        .first()
        .waitFor();
      expect(await page.locator("script, img, iframe, object, embed, [onerror], [onload]").count()).toBe(2);
      const links = await page.evaluate<string[]>("[...document.links].map((link) => link.protocol)");
      expect(new Set(links)).toEqual(new Set(["http:"]));
    }
    expect(await page.title()).not.toBe("hit");
  });

  it("runs neither if it gets into the page, nor may anything be loaded from elsewhere", async () => {
    const page = await openPage(stage.browser, stage.viewer.url, { expected: /Trusted|Policy/ });
    const blocked = await page.evaluate(TRY);
    expect(blocked).toEqual(["text of a script", "HTML", "another origin", true]);
    expect(await page.title()).not.toBe("hit");
  });

  it("on another page of this machine gets nothing", async () => {
    await sendSpans(stage.viewer.url, hostileTrace("secret"));
    await using other = await startViewer();
    const page = await openPage(stage.browser, other.url, { expected: /Policy/ });
    const ask = (init: string) =>
      page.evaluate(
        `fetch("${stage.viewer.url}data/overview", ${init}).then(() => "answered", () => "refused")`,
      );
    const answers = [await ask("{}"), await ask('{ mode: "no-cors" }')];
    // The page's own policy refuses already: what a page without one gets is tested without a browser.
    expect(answers).toEqual(["refused", "refused"]);
  });
});
