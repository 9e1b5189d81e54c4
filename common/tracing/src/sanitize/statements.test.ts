import { expect, test } from "vitest";
import { createSanitizer } from "./index.ts";

const { attribute } = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });

// As instrumentations of mysql2, knex, mssql and others give them, with the values written in.
test.each([
  [
    "SELECT * FROM users WHERE name = 'Jane Doe' AND born > 1990 LIMIT 10",
    "SELECT * FROM users WHERE name = '[Filtered]' AND born > [Filtered] LIMIT [Filtered]",
  ],
  [
    "insert into t1 (a, b2) values ('O''Brien', 17), ($1, ?)",
    "insert into t1 (a, b2) values ('[Filtered]', [Filtered]), ($1, ?)",
  ],
  [`select "it's", \`x'y\` from t where a='b'`, `select "it's", \`x'y\` from t where a='[Filtered]'`],
  ["update a set x='O\\'Brien', y='secret'", "update a set x='[Filtered]'"],
  ["select $$jane$$, $x$jane$x$ from t2", "select [Filtered], [Filtered] from t2"],
  ["select 'cut jane", "select '[Filtered]'"],
  ["alter role app password 'hunter2'", "alter role app password '[Filtered]'"],
  ["select a from b where c = $1 and d = '' limit ?", "select a from b where c = $1 and d = '' limit ?"],
  [
    "update a set password = $1, token = ? where id = $2",
    "update a set password = $1, token = ? where id = $2",
  ],
  ["SET key [1 other arguments]", "SET key [1 other arguments]"],
  ['{"find":"users","limit":10}', '{"find":"users","limit":10}'],
])("a statement is recorded without the values in it: %s", (statement, expected) => {
  for (const key of ["db.query.text", "db.statement"]) {
    expect(attribute(key, statement)).toBe(expected);
    expect(attribute(key, expected)).toBe(expected);
  }
});

test.each(["db.query.parameter.0", "db.operation.parameter.name", "db.postgresql.values"])(
  "the value of %s is one of a statement",
  (key) => expect(attribute(key, "Jane Doe")).toBe("[Filtered]"),
);
