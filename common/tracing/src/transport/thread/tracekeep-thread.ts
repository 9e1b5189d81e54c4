import { type MessagePort, parentPort } from "node:worker_threads";
import { gzipped } from "../gzip.ts";
import { createHttpSender, type HttpSender } from "../http-sender.ts";
import { BatchedPort } from "./batched-port.ts";
import { type Answer, faultOf, ownBytes, type Question, type Results, type Task } from "./messages.ts";

// The program of the sending thread: opens, uses and closes senders, and compresses, as it is asked to.

const senders = new Map<number, HttpSender>();

const port = parentPort as MessagePort;
const answers = new BatchedPort<Answer>(port);
port.on("message", (questions: readonly Question[]) => {
  for (const question of questions) void answer(question);
});

async function answer({ id, ...task }: Question): Promise<void> {
  try {
    const result = await perform(task);
    answers.post({ id, result }, result instanceof Uint8Array ? result : result?.body);
  } catch (error) {
    answers.post({ id, fault: faultOf(error) });
  }
}

async function perform(task: Task): Promise<Results[keyof Results]> {
  switch (task.kind) {
    case "open":
      senders.set(task.sender, createHttpSender(task.options));
      return undefined;
    case "post": {
      const { status, headers, body } = await senderOf(task.sender).post(task.body);
      return { status, headers: { ...headers }, body: ownBytes(body) };
    }
    case "close":
      await senderOf(task.sender).close();
      senders.delete(task.sender);
      return undefined;
    case "compress":
      return ownBytes(await gzipped(task.body, task.options));
  }
}

function senderOf(number: number): HttpSender {
  const sender = senders.get(number);
  if (sender === undefined) throw new Error("the sender is closed");
  return sender;
}
