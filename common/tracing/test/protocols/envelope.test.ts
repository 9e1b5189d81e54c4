import { describeProtocol } from "./contract.ts";

describeProtocol("envelope");
