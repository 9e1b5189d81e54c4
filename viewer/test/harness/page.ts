import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";

/** Connections end when a viewer is closed before its page. */
const CUT_CONNECTION = /net::ERR_/;

/**
 * Opens a page of the viewer. It is closed when the test is finished, which fails if the page has thrown, or has logged
 * an error that is not `expected`; a violation of its policy is logged as one.
 */
export async function openPage(
  browser: Browser,
  url: string | URL,
  { expected, ...options }: BrowserContextOptions & { readonly expected?: RegExp } = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  onTestFinished(async () => {
    await context.close();
    expect(errors.filter((error) => !CUT_CONNECTION.test(error) && !expected?.test(error))).toEqual([]);
  });
  await page.goto(String(url));
  return page;
}

/** The texts of elements, each on one line. */
export async function textsOf(page: Page, selector: string): Promise<string[]> {
  const texts = await page.locator(selector).allInnerTexts();
  return texts.map((text) => text.replace(/\s+/g, " ").trim());
}
