import { afterEach, expect, test, vi } from "vitest";
import { isExcepted } from "./no-proxy.ts";
import { findProxy } from "./proxy.ts";

test.each([
  ["example.com", "https://example.com/", true],
  ["example.com", "https://sentry.example.com/", true],
  ["example.com", "https://notexample.com/", false],
  ["example.com", "https://example.com.evil.test/", false],
  [".example.com", "https://sentry.example.com/", true],
  ["*.example.com", "https://sentry.example.com/", true],
  [".example.com", "https://example.com/", false],
  ["EXAMPLE.com", "https://Sentry.Example.COM/", true],
  ["example.com:8443", "https://sentry.example.com:8443/", true],
  ["example.com:443", "https://sentry.example.com/", true],
  ["example.com:8443", "https://sentry.example.com/", false],
  ["other.test, example.com", "https://sentry.example.com/", true],
  ["*", "https://sentry.example.com/", true],
  ["10.0.0.0/8", "http://10.20.30.40:9000/", true],
  ["10.0.0.0/8", "http://11.20.30.40:9000/", false],
  ["10.1.2.3", "http://10.1.2.3/", true],
  ["0.0.1", "http://10.0.0.1/", false],
  ["10.0.0.0/33", "http://10.0.0.1/", false],
  ["10.0.0.0/8", "http://ten.example.com/", false],
  ["::1", "http://[::1]:9000/", true],
  ["fd00::/8", "http://[fd12::1]/", true],
  ["", "https://example.com/", false],
])("NO_PROXY=%s, %s: %s", (noProxy, url, excepted) => {
  expect(isExcepted(new URL(url), noProxy)).toBe(excepted);
});

afterEach(() => void vi.unstubAllEnvs());

test.each(["NO_PROXY", "no_proxy"])("%s holds for both ways to ask for a proxy", async (name) => {
  vi.stubEnv("https_proxy", "http://proxy.test:3128");
  vi.stubEnv(name, "example.com,10.0.0.0/8");
  const proxiesFor = async (url: string) => [(await findProxy(url))?.url, findProxy(url)?.url];
  for (const url of ["https://sentry.example.com/", "https://10.1.2.3/"])
    expect(await proxiesFor(url)).toEqual([undefined, undefined]);
  expect(await proxiesFor("https://sentry.test/")).toEqual(Array(2).fill("http://proxy.test:3128/"));
});
