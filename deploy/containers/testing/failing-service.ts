import { continueTrace, loadTracingConfig, startTracing } from "tracekeep";

// A service that fails once, as it is or as a bundle.
const tracing = startTracing(loadTracingConfig({ serviceName: "failing" }));

function openTill(): never {
  throw new Error("the till is locked");
}

try {
  continueTrace({}, { name: "open shop" }, openTill);
} catch {
  // What is looked at is the event.
}
await tracing.shutdown();
