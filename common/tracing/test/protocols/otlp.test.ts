import { describeProtocol } from "./contract.ts";

describeProtocol("otlp");
