/** The call at the bottom of interceptors, which has grpc-js's own parts. None of it is part of its types. */
export function innermostCall(call: object): object {
  let inner: { readonly nextCall?: object } = call;
  while (inner.nextCall !== undefined) inner = inner.nextCall;
  return inner;
}
