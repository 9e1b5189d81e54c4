/**
 * Node's HTTP modules, taken without an import: an import looks at all their names, and some of `node:http`
 * load fetch and WebSocket, 3 MB and 20 ms that most gRPC services are spared.
 */
export const { request: httpRequest, Agent: HttpAgent } = process.getBuiltinModule("node:http");
export const { request: httpsRequest, Agent: HttpsAgent } = process.getBuiltinModule("node:https");
