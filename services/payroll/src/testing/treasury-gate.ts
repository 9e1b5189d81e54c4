import { once } from "node:events";
import { credentials, type ServerUnaryCall } from "@grpc/grpc-js";
import {
  type TransferRequest,
  type TransferResponse,
  TreasuryServiceClient,
  type TreasuryServiceServer,
  TreasuryServiceService,
} from "@tracekeep/proto/treasury/v1";
import { startGrpcServer } from "@tracekeep/service/testing";

/** Stands in front of a treasury and lets transfers through, or holds them. */
export interface TreasuryGate extends AsyncDisposable {
  readonly address: string;
  /** The references of the transfers that were asked for. */
  readonly asked: readonly string[];
  /** The ids of the transfers that the treasury has made, in the order of its answers. */
  readonly made: readonly string[];
  /** The most transfers under way at once. */
  mostRunning(): number;
  /** Resolves when so many transfers are held. */
  holding(count: number): Promise<void>;
  /** Resolves when every transfer that is held has been cancelled. */
  cancelled(): Promise<unknown>;
  /** Lets through what is held, and all that comes. */
  open(): void;
}

/** Lets `most` transfers through, and holds the others until they are cancelled or the gate is opened. */
export async function startTreasuryGate(treasuryAddress: string, most: number): Promise<TreasuryGate> {
  const treasury = new TreasuryServiceClient(treasuryAddress, credentials.createInsecure());
  const held: { call: ServerUnaryCall<TransferRequest, TransferResponse>; pass: () => void }[] = [];
  const asked: string[] = [];
  const made: string[] = [];
  let changed = Promise.withResolvers<void>();
  let isOpen = false;
  let running = 0;
  let mostRunning = 0;
  const handlers: TreasuryServiceServer = {
    transfer(call, callback) {
      asked.push(call.request.reference);
      mostRunning = Math.max(mostRunning, ++running);
      call.on("cancelled", () => running--);
      const pass = () => {
        treasury.transfer(call.request, (error, response) => {
          running--;
          if (response?.transfer) made.push(response.transfer.id);
          callback(error, response);
        });
      };
      if (isOpen || asked.length <= most) return pass();
      held.push({ call, pass });
      changed.resolve();
      changed = Promise.withResolvers();
    },
    listCurrencies: () => {},
    listInstitutions: () => {},
    validateAccount: () => {},
    watchRates: () => {},
  };
  const server = await startGrpcServer(TreasuryServiceService, handlers);
  return {
    address: server.address,
    asked,
    made,
    mostRunning: () => mostRunning,
    async holding(count) {
      while (held.length < count) await changed.promise;
    },
    cancelled: () => Promise.all(held.map(({ call }) => call.cancelled || once(call, "cancelled"))),
    open() {
      isOpen = true;
      for (const { call, pass } of held) if (!call.cancelled) pass();
    },
    async [Symbol.asyncDispose]() {
      treasury.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
