import fc from "fast-check";
import { expect, test } from "vitest";
import { requestHead } from "./request-head.ts";

test("a request's first line and headers, as they are given", () => {
  const headers = { host: "sentry.example", "X-Sentry-Auth": "Sentry sentry_key=k", note: "grün" };
  expect(requestHead({ method: "POST", target: "/api/1/envelope/?a=b", headers })).toBe(
    "POST /api/1/envelope/?a=b HTTP/1.1\r\nhost: sentry.example\r\nX-Sentry-Auth: Sentry sentry_key=k\r\nnote: grün\r\n",
  );
});

test("no header begins another one, whatever it is: it is refused, and its value not told", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("\r", "\n", "\0", ":", "a", " ", "é", "€") }),
  );
  fc.assert(
    fc.property(texts, texts, (name, value) => {
      let head: string;
      try {
        head = requestHead({ method: "POST", target: "/", headers: { [name]: `secret${value}` } });
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        expect((error as Error).message).not.toContain("secret");
        return;
      }
      expect(head).toBe(`POST / HTTP/1.1\r\n${name}: secret${value}\r\n`);
      expect(head.match(/[\r\n\0]/g)).toHaveLength(4);
      expect(head.split("\r\n")[1]?.indexOf(":")).toBe(name.length);
    }),
  );
});
