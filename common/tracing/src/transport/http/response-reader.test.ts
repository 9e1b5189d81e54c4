import { queryObjects } from "node:v8";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NotHttpError, ResponseReader } from "./response-reader.ts";

/** Cuts bytes into pieces of the given lengths, in turns. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] as number;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

const read = (text: string | Buffer, mostKept = 1_000): ResponseReader => {
  const reader = new ResponseReader(mostKept);
  reader.push(Buffer.from(text));
  return reader;
};

const bodies = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const framings = fc.constantFrom("length", "chunks", "end" as const);

function framed(framing: string, body: Buffer, sizes: readonly number[]): { head: string; bytes: Buffer } {
  if (framing === "length") return { head: `Content-Length: ${body.length}\r\n`, bytes: body };
  if (framing === "end") return { head: "", bytes: body };
  const chunks = cut(body, sizes).map((chunk) =>
    Buffer.concat([Buffer.from(`${chunk.length.toString(16)};x="y"\r\n`), chunk, Buffer.from("\r\n")]),
  );
  const bytes = Buffer.concat([...chunks, Buffer.from("0\r\nTrailer-Of-It: 1\r\n\r\n")]);
  return { head: "Transfer-Encoding: gzip, Chunked\r\n", bytes };
}

test("a response is read however its bytes are cut, and however its body ends", () => {
  fc.assert(
    fc.property(framings, bodies, cuts, cuts, fc.nat(2), (framing, body, sizes, lengths, hints) => {
      const { head, bytes } = framed(framing, body, sizes);
      const early = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(hints);
      const start = `${early}HTTP/1.1 202 Fine by me\r\nX-Note:\t a: b \r\nx-note: c\r\n${head}\r\n`;
      const reader = new ResponseReader(1_000);
      const pieces = cut(Buffer.concat([Buffer.from(start), bytes]), lengths);
      const completed = pieces.map((piece) => reader.push(piece));
      const isLast = framing === "end" ? reader.end() : completed.pop();
      expect([completed.includes(true), isLast]).toEqual([false, true]);
      const { status, headers, body: got } = reader.response;
      expect([status, headers["x-note"], got]).toEqual([202, "a: b, c", body]);
      expect("link" in headers).toBe(false);
      expect(reader.allowsAnother).toBe(framing !== "end");
    }),
  );
});

test("any bytes are read or refused as something else, and what is not understood is not gathered", () => {
  const starts = fc.constantFrom(
    "",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
  );
  fc.assert(
    fc.property(starts, fc.uint8Array({ maxLength: 200 }), cuts, (start, bytes, lengths) => {
      const reader = new ResponseReader(10);
      try {
        for (const piece of cut(Buffer.concat([Buffer.from(start), bytes]), lengths)) reader.push(piece);
      } catch (error) {
        expect(error).toBeInstanceOf(NotHttpError);
      }
    }),
  );
});

test.each([
  ["frames of HTTP/2", "\0\0\x12\x04\0\0\0\0\0"],
  ["another protocol's greeting, without an end", "SSH-2.0-OpenSSH_9.2"],
  ["another version", "HTTP/2 200\r\n"],
  ["no status", "HTTP/1.1 twohundred\r\n"],
  ["a header without a colon", "HTTP/1.1 200 OK\r\nwhat\r\n"],
  ["a header with a line feed in it", "HTTP/1.1 200 OK\r\na: b\nc: d\r\n"],
  ["a header that is continued", "HTTP/1.1 200 OK\r\na: b\r\n c\r\n"],
  ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"],
  ["a length that is none", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"],
  ["a protocol that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
  ["a chunk's size that is none", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n"],
  ["a chunk that is longer than it says", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n"],
])("%s is refused", (_what, text) => {
  expect(() => read(text)).toThrow("the answer is not HTTP/1.1");
});

test("a head without an end is refused before it takes much memory", () => {
  const reader = read("HTTP/1.1 200 OK\r\n");
  expect(() => {
    for (let line = 0; line < 2_000; line++) reader.push(Buffer.from(`x-${line}: ${"v".repeat(100)}\r\n`));
  }).toThrow("the head of the answer has no end");
});

test("a header of blanks takes no longer than others", () => {
  const blanks = " \t".repeat(30_000);
  const { response } = read(
    `HTTP/1.1 200 OK\r\na:${blanks}x${blanks.slice(0, 1_000)}\r\ncontent-length: 0\r\n\r\n`,
  );
  expect(response.headers.a).toBe("x");
  expect(() => read(`HTTP/1.1 200 OK\r\na:${blanks}\n\r\n`)).toThrow(NotHttpError);
  const inner = `x${blanks}y`;
  expect(read(`HTTP/1.1 200 OK\r\na: ${inner}\r\ncontent-length: 0\r\n\r\n`).response.headers.a).toBe(inner);
});

test("a few bytes of a body do not keep all that was read with them", () => {
  const reader = read("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
  // Collects garbage, too.
  const held = () => {
    queryObjects(ResponseReader);
    return process.memoryUsage().arrayBuffers;
  };
  const before = held();
  for (let chunk = 0; chunk < 500; chunk++) reader.push(Buffer.from(`1;${"x".repeat(30_000)}\r\na\r\n`));
  expect(held() - before).toBeLessThan(5_000_000);
  expect(reader.push(Buffer.from("0\r\n\r\n"))).toBe(true);
  expect(reader.response.body.length).toBe(500);
});

test("what proxies do to answers: an empty line before, a status of their own, a header twice, zeros", () => {
  const { response } = read(
    "\r\nHTTP/1.1 999 No\r\nRetry-After: 5\r\nRetry-After: 5\r\ntransfer-encoding: chunked\r\n\r\n0000000001\r\na\r\n0\r\n\r\n",
  );
  expect([response.status, response.headers["retry-after"], response.body.toString()]).toEqual([
    999,
    "5",
    "a",
  ]);
});

test("of a long body the first bytes are kept", () => {
  const reader = read(`HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n${"0123456789".repeat(3)}`, 12);
  expect([reader.response.body.toString(), reader.allowsAnother]).toEqual(["012345678901", true]);
});

describe("no other request follows", () => {
  test.each([
    ["what is to be closed", "HTTP/1.1 200 OK\r\nconnection: Keep, Close\r\ncontent-length: 0\r\n\r\n"],
    ["the version before", "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n"],
    ["more than was asked for", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nabc"],
    [
      "both kinds of an end",
      "HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
  ])("%s", (_what, text) => {
    expect(read(text).allowsAnother).toBe(false);
  });

  test.each([204, 304])("but to a %d, which has no body", (status) => {
    expect(read(`HTTP/1.1 ${status} X\r\ncontent-length: 5\r\n\r\n`).allowsAnother).toBe(true);
  });
});
