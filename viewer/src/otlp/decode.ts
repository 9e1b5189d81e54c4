import { ExportTraceServiceRequest } from "@tracekeep/proto/otlp/v1";
import { z } from "zod";
import { jsonExportRequest } from "./json-request.ts";
import { checkJsonShape } from "./json-shape.ts";
import { MalformedRequestError } from "./limits.ts";
import { checkProtobufShape } from "./protobuf-shape.ts";

/** How a body is encoded: OTLP knows these two. */
export type OtlpEncoding = "protobuf" | "json";

/**
 * Decodes the body of an OTLP trace request, decompressed.
 * Throws MalformedRequestError if it is not one, OversizedRequestError if decoding would take too much memory.
 */
export function decodeExportRequest(body: Uint8Array, encoding: OtlpEncoding): ExportTraceServiceRequest {
  return encoding === "protobuf" ? fromProtobuf(body) : fromJson(body);
}

function fromProtobuf(body: Uint8Array): ExportTraceServiceRequest {
  checkProtobufShape(body);
  try {
    return ExportTraceServiceRequest.decode(body);
  } catch (error) {
    throw new MalformedRequestError(`not an OTLP trace request: ${messageOf(error)}`, { cause: error });
  }
}

function fromJson(body: Uint8Array): ExportTraceServiceRequest {
  checkJsonShape(body);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    throw new MalformedRequestError(`not JSON: ${messageOf(error)}`, { cause: error });
  }
  const parsed = jsonExportRequest.safeParse(value);
  if (!parsed.success) {
    throw new MalformedRequestError(`not an OTLP trace request: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
