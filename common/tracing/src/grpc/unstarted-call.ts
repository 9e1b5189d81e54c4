import { Metadata, status as Status, type StatusObject } from "@grpc/grpc-js";
import { CANCELLED_BY_PARENT } from "./client-call.ts";

/** How a call was given up before it was started. */
export type GivenUp = Pick<StatusObject, "code" | "details">;

const DEADLINE_PASSED: GivenUp = {
  code: Status.DEADLINE_EXCEEDED,
  details: "The deadline passed before the call was started.",
};
/** grpc-js cancels a call with the one that was given for its `parent`, past us. */
const CANCELLED_ABOVE: GivenUp = { code: Status.CANCELLED, details: CANCELLED_BY_PARENT };

/** Whether grpc-js has ended a call already. It is not part of its types; where it is not to be seen, nothing is done. */
export function isOver(call: object | undefined): boolean {
  return (call as { readonly ended?: unknown } | undefined)?.ended === true;
}

/** An interceptor took longer than the deadline, or than somebody's patience: grpc-js may tell nobody how that ended. */
export function statusOfUnstarted(givenUp: GivenUp | undefined, deadline: number): StatusObject {
  const silent = deadline <= Date.now() ? DEADLINE_PASSED : CANCELLED_ABOVE;
  return { ...(givenUp ?? silent), metadata: new Metadata() };
}
