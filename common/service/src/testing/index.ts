export { startGrpcServer, type TestServer } from "./grpc-server.ts";
export { runToExit, ServiceProcess, startService } from "./service-process.ts";
