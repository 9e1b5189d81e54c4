import { describe, expect, it } from "vitest";
import { failedRequest } from "../../src/testing/sample.ts";
import { openPage } from "../harness/page.ts";
import { sendSpans } from "../harness/send.ts";
import { setStage } from "../harness/stage.ts";

const stage = setStage();

describe("the help", () => {
  it("has the focus and the keys for itself, and gives them back", async () => {
    await sendSpans(stage.viewer.url, failedRequest);
    const page = await openPage(stage.browser, stage.viewer.url);
    await page.locator(".trace-row").waitFor();
    await page.keyboard.press("j");
    await page.getByRole("button", { name: "Help" }).click();
    await page.getByRole("dialog").waitFor();
    for (const key of ["j", "Enter", "Tab", "Tab", "Tab"]) await page.keyboard.press(key);
    expect(new URL(page.url()).pathname).toBe("/");
    expect(await page.evaluate("document.activeElement.closest('main, header')")).toBeNull();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate("document.activeElement.ariaLabel")).toBe("Help");
  });
});
