import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { parse } from "yaml";

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly security?: readonly { readonly auth_token?: readonly string[] }[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: Json }[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<string, Json>>;
}

/** One request or answer as it is on the wire. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** An OpenAPI description that requests and answers are held to. */
export interface Contract {
  /** Scopes of which a token needs one; throws Error if the request is not as described. */
  checkRequest(request: Exchange): readonly string[];
  checkAnswer(request: Exchange, status: number, body: unknown): void;
}

/** Ours, which knows the inside of bodies. */
export const ours = contractOf(parse(readFileSync(join(import.meta.dirname, "sentry-api.yaml"), "utf8")));

/** Sentry's own, which leaves the inside open, and has fields that are not read and that the server leaves out. */
export const published =
  process.env.SENTRY_API_SCHEMA === undefined
    ? undefined
    : contractOf(JSON.parse(readFileSync(process.env.SENTRY_API_SCHEMA, "utf8")), { mayLack: true });

function contractOf(document: Json, { mayLack = false } = {}): Contract {
  const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true, coerceTypes: false }));
  ajv.addSchema(document, "api");
  const paths = document.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const validators = new Map<string, ValidateFunction>();
  const find = ({ method, path }: Exchange): { operation: Operation; at: string } => {
    const known = Object.keys(paths)
      // A name has no slash, and none of what else is in a path.
      .filter((template) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/{}]+")}$`).test(path))
      .sort((a, b) => a.split("{").length - b.split("{").length)
      .find((template) => paths[template]?.[method.toLowerCase()] !== undefined);
    const operation = known === undefined ? undefined : paths[known]?.[method.toLowerCase()];
    if (known === undefined || operation === undefined) throw new Error(`there is no ${method} ${path}`);
    return { operation, at: `#/paths/${pointer(known)}/${method.toLowerCase()}` };
  };
  const check = (what: string, ref: string, value: unknown): void => {
    const validate = validators.get(ref) ?? ajv.compile({ $ref: `api${ref}` });
    validators.set(ref, validate);
    if (validate(value)) return;
    const faults = (validate.errors ?? []).filter(({ keyword }) => !(mayLack && keyword === "required"));
    if (faults.length > 0) throw new Error(`${what}: ${ajv.errorsText(faults)} in ${JSON.stringify(value)}`);
  };
  return {
    checkRequest(request) {
      const { operation, at } = find(request);
      const { method, path, query, body } = request;
      for (const [name, value] of Object.entries(query)) {
        const index = (operation.parameters ?? []).findIndex(
          (each) => each.in === "query" && each.name === name,
        );
        // Every list takes a cursor, whether or not Sentry's description says so.
        if (index === -1 && mayLack && name === "cursor") continue;
        if (index === -1) throw new Error(`${method} ${path} takes no ${name}`);
        const isList = operation.parameters?.[index]?.schema.type === "array";
        check(`${path}?${name}`, `${at}/parameters/${index}/schema`, isList ? [value] : value);
      }
      if ((operation.requestBody === undefined) !== (body === undefined))
        throw new Error(`${method} ${path}: a body is missing, or one too many`);
      if (body !== undefined) {
        const isPublished = operation.requestBody?.content !== undefined;
        const ref = `${at}/requestBody${isPublished ? "/content/application~1json/schema" : ""}`;
        const sent = isPublished ? snakeCased(body as Json) : (body as Json);
        check(`${method} ${path}`, ref, sent);
        const known = propertiesOf(operation);
        const unknown = Object.keys(sent).filter((key) => known !== undefined && !known.includes(key));
        if (unknown.length > 0) throw new Error(`${method} ${path} takes no ${unknown.join(", ")}`);
      }
      return operation.security?.flatMap(({ auth_token = [] }) => auth_token) ?? [];
    },
    checkAnswer(request, status, body) {
      const { operation, at } = find(request);
      const answer = operation.responses[status];
      if (answer === undefined) throw new Error(`${request.method} ${request.path} has no answer ${status}`);
      if (body === undefined) return;
      const inside = answer.content === undefined ? "" : "/content/application~1json/schema";
      check(`answer to ${request.method} ${request.path}`, `${at}/responses/${status}${inside}`, body);
    },
  };
}

/** The keys of a body in Sentry's own description, which leaves open whether there may be others. */
function propertiesOf({ requestBody }: Operation): string[] | undefined {
  const content = requestBody?.content as
    | { "application/json"?: { schema?: { properties?: object } } }
    | undefined;
  const properties = content?.["application/json"]?.schema?.properties;
  return properties === undefined ? undefined : Object.keys(properties);
}

function pointer(path: string): string {
  return encodeURIComponent(path.replaceAll("~", "~0").replaceAll("/", "~1"));
}

/** Sentry describes its keys in snake case, and takes them in camel case. */
function snakeCased(body: Json): Json {
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      key === "isHidden" ? key : key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      key === "conditionGroup" || key === "triggers" ? snakeCased(value as Json) : value,
    ]),
  );
}
