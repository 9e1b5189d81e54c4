import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
} from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { CallScope } from "./call-scope.ts";
import { receivedFrom } from "./received.ts";
import { runHandler } from "./run-handler.ts";
import { type Send, sendTo } from "./send.ts";

/**
 * Makes a server-streaming handler of an async function. The call ends when the function does: with OK, or as in
 * `unaryHandler` if it throws, after the responses that were sent until then.
 */
export function serverStreamHandler<Request, Response>(
  logger: Logger,
  handler: (request: Request, send: Send<Response>, scope: CallScope) => Promise<void>,
): handleServerStreamingCall<Request, Response> {
  return (call) => {
    runHandler(logger, call, (scope) => handler(call.request, sendTo<Response>(call, scope), scope), {
      answer: () => void call.end(),
      fail: (error) => void call.emit("error", error),
    });
  };
}

/**
 * Makes a client-streaming handler of an async function, which iterates over the requests. It may answer before
 * it has seen them all: the rest is not read then. Errors are as in `unaryHandler`.
 *
 * The loop throws if the caller leaves. Over a bad network it may, seldom, end as if the caller had finished (see
 * `receivedFrom`): where a part of the requests must not be taken for all, let the last one say that it is the last.
 */
export function clientStreamHandler<Request, Response>(
  logger: Logger,
  handler: (requests: AsyncIterable<Request>, scope: CallScope) => Promise<Response>,
): handleClientStreamingCall<Request, Response> {
  return (call, callback) => {
    runHandler(logger, call, (scope) => handler(receivedFrom<Request>(call, scope), scope), {
      answer: (response) => callback(null, response),
      fail: callback,
    });
  };
}

/**
 * Makes a bidirectional handler of an async function, which iterates over the requests and sends when it likes.
 * The call ends when the function does, as in `serverStreamHandler`, whether or not the caller has ended its part.
 */
export function bidiHandler<Request, Response>(
  logger: Logger,
  handler: (requests: AsyncIterable<Request>, send: Send<Response>, scope: CallScope) => Promise<void>,
): handleBidiStreamingCall<Request, Response> {
  return (call) => {
    const parts = (scope: CallScope) =>
      [receivedFrom<Request>(call, scope), sendTo<Response>(call, scope), scope] as const;
    runHandler(logger, call, (scope) => handler(...parts(scope)), {
      answer: () => void call.end(),
      fail: (error) => void call.emit("error", error),
    });
  };
}
