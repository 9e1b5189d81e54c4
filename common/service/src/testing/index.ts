export { describeDatabases, type TestDatabases } from "./describe-databases.ts";
export { startGrpcServer, type TestServer } from "./grpc-server.ts";
export { runToExit, ServiceProcess, startService } from "./service-process.ts";
