import { expect, test } from "vitest";
import { createSanitizer } from "./index.ts";

const { text } = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });

test.each([
  [
    "GET https://acme.example/x?access_token=hunter2&page=2",
    "GET https://acme.example/x?access_token=[Filtered]&page=[Filtered]",
  ],
  ["refresh_token=hunter2", "refresh_token=[Filtered]"],
  ["id_token: hunter2", "id_token: [Filtered]"],
  ["DB_PASSWORD=hunter2", "DB_PASSWORD=[Filtered]"],
  ["user_password: hunter2", "user_password: [Filtered]"],
  ["AWS_SECRET_ACCESS_KEY=wJalr/XUtnFEMI", "AWS_SECRET_ACCESS_KEY=[Filtered]"],
  ["sessionToken=hunter2", "sessionToken=[Filtered]"],
  ["accessToken: hunter2", "accessToken: [Filtered]"],
  ["accessTokenValue: hunter2", "accessTokenValue: [Filtered]"],
  ["token: Bearer hunter2", "token: [Filtered]"],
  ['"password" => "hunter2"', '"password" => "[Filtered]"'],
  ["redirect%3Faccess_token%3Dhunter2", "redirect%3Faccess_token%3D[Filtered]"],
  [`password=${"x".repeat(900)}`, "password=[Filtered]"],
  ["password=[Filtered]hunter2", "password=[Filtered]"],
  ["pin=1234", "pin=[Filtered]"],
])("the value behind a secret word is masked, also where the word ends another: %s", (given, masked) => {
  expect(text(given)).toBe(masked);
});

test.each([
  ['{"db_password":"hunter2","user":"x"}', '{"db_password":"[Filtered]","user":"x"}'],
  [
    '{\\"password\\":\\"hunter2\\",\\"user\\":\\"x\\"}',
    '{\\"password\\":\\"[Filtered]\\",\\"user\\":\\"x\\"}',
  ],
  ['{\\\\\\"password\\\\\\":\\\\\\"hunter2\\\\\\"}', '{\\\\\\"password\\\\\\":\\\\\\"[Filtered]\\\\\\"}'],
  ['{"password":"hun\\"ter 2, and","user":"x"}', '{"password":"[Filtered]","user":"x"}'],
  ['{"password":["hunter2","hunter3"],"user":"x"}', '{"password":["[Filtered]"],"user":"x"}'],
  ['{"password":"hunter', '{"password":"[Filtered]"'],
  ['{"password":"","user":"x"}', '{"password":"","user":"x"}'],
  ["{ password: 'hunter2 and 3' }", "{ password: '[Filtered]' }"],
])("in JSON, also within JSON, all that is between the quotes is masked: %s", (given, masked) => {
  expect(text(given)).toBe(masked);
});

test.each([
  ["Authorization: Token abcdef123456", "Authorization: [Filtered]"],
  ['Authorization: Digest username="joe", response="6629fae4"\nx', "Authorization: [Filtered]\nx"],
  ["authorization: Negotiate YIIabc==", "authorization: [Filtered]"],
  ["Authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=ab", "Authorization: [Filtered]"],
  ["Proxy-Authorization: anything at all", "Proxy-Authorization: [Filtered]"],
  ['{"Authorization":"Token abc def","x":1}', '{"Authorization":"[Filtered]","x":1}'],
  ['"sent Authorization: Token abc", then', '"sent Authorization: [Filtered]", then'],
  [
    '"Authorization: Digest username=\\"joe\\", response=\\"66\\"", then',
    '"Authorization: [Filtered]", then',
  ],
  ["signed AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=ab", "signed AWS4-HMAC-SHA256 [Filtered]"],
  ["Cookie: sid=abc; other=hunter2", "Cookie: [Filtered]"],
  ['Cookie: sid="abc"; other=hunter2', "Cookie: [Filtered]"],
  ["Cookie: a=it's; other=hunter2", "Cookie: [Filtered]"],
  ["Set-Cookie: a=b; Path=/\r\nSet-Cookie: c=d", "Set-Cookie: [Filtered]\r\nSet-Cookie: [Filtered]"],
  ['{"set-cookie":["a=b; Path=/","c=d"],"x":1}', '{"set-cookie":["[Filtered]"],"x":1}'],
  ["cookies: { sid: 'abc', other: 'def' }", "cookies: {[Filtered]}"],
  ["curl -H 'Cookie: a=b; c=d' acme.example", "curl -H 'Cookie: [Filtered]' acme.example"],
])("a header with credentials is masked as a whole: %s", (given, masked) => {
  expect(text(given)).toBe(masked);
});

test.each([
  ["postgres://u:p/w@h/db", "postgres://[Filtered]@h/db"],
  ["amqp://u:pw@a,amqp://u:p:/w@b", "amqp://[Filtered]@a,amqp://[Filtered]@b"],
  ["postgres://u:p@s/w?x#y@h/db", "postgres://[Filtered]@h/db"],
  ["postgres:\\/\\/u:pw@h\\/db", "postgres:\\/\\/[Filtered]@h\\/db"],
  ["joe%40example.com", "[Filtered]"],
  ["/users?email=joe%2Bx%2540example.com&page=2", "/users?email=[Filtered]&page=[Filtered]"],
  [`https%3A%2F%2Facme.example%2F${"a%2F".repeat(30)}%3Fto%3Djoe%40example.com`, "joe", "absent"],
])("URLs are masked: %s", (given, expected, absent?: string) => {
  if (absent === undefined) expect(text(given)).toBe(expected);
  else expect(text(given)).not.toContain(expected);
});

test.each([
  "token_count=5",
  "tokens_used: 5",
  "secretary: Jane",
  "author: Jane",
  "primary_key=5",
  "spin: 5",
  "cookie_consent=yes",
  "Unexpected token } in JSON",
  "bearer of news",
  "Digest of the week",
  "Negotiate the terms",
  "100 % of 40",
  "http://localhost:3000/node_modules/@vite/client",
  "http://[::1]:3000/node_modules/@vite/client",
  "https://acme.example/npm/@scope/package",
  "https://acme.example:8443/@jane",
  "file:///C:/app/node_modules/@grpc/grpc-js/index.js:3:4",
])("%s stays as it is", (harmless) => {
  expect(text(harmless)).toBe(harmless);
});
