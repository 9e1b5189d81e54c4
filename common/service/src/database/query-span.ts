import { type Attributes, SpanKind } from "@opentelemetry/api";
import { type CompiledQuery, type OperationNode, type RootOperationNode, TableNode } from "kysely";

/** What a query's span says: never a value, only the statement with its placeholders. */
export interface QuerySpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

/** Describes a compiled query as a span, after the semantic conventions for databases. */
export function describeQuery({ sql, query }: CompiledQuery, system: string): QuerySpan {
  const operation = sql.trimStart().split(/\s/, 1)[0]?.toUpperCase() || "QUERY";
  const collection = collectionOf(query);
  return {
    name: collection ? `${operation} ${collection}` : operation,
    kind: SpanKind.CLIENT,
    attributes: {
      "db.system.name": system,
      "db.operation.name": operation,
      "db.query.text": sql,
      "sentry.op": "db",
      ...(collection && { "db.collection.name": collection }),
    },
  };
}

/** The table, where the query has just one; a raw statement is not parsed. */
function collectionOf(query: RootOperationNode): string | undefined {
  switch (query.kind) {
    case "SelectQueryNode":
      return onlyTable(query.from?.froms);
    case "InsertQueryNode":
      return onlyTable(query.into && [query.into]);
    case "UpdateQueryNode":
      return onlyTable(query.table && [query.table]);
    case "DeleteQueryNode":
      return onlyTable(query.from.froms);
    default:
      return undefined;
  }
}

function onlyTable([node, another]: readonly OperationNode[] = []): string | undefined {
  return node && !another && TableNode.is(node) ? node.table.identifier.name : undefined;
}
