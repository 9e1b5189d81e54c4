import { getHeapSpaceStatistics } from "node:v8";
import type { Meter } from "@opentelemetry/api";
import { EventLoopDelay } from "./event-loop-delay.ts";

/** What a platform team asks of any process, by OpenTelemetry's names; the result ends it. */
export function measureProcess(meter: Meter): () => void {
  const cpu = meter.createObservableCounter("process.cpu.time", {
    unit: "s",
    description: "CPU time of the process",
  });
  const memory = meter.createObservableUpDownCounter("process.memory.usage", {
    unit: "By",
    description: "Resident memory of the process",
  });
  const uptime = meter.createObservableGauge("process.uptime", {
    unit: "s",
    description: "Time since the start of the process",
  });
  const heap = meter.createObservableUpDownCounter("v8js.memory.heap.used", {
    unit: "By",
    description: "JavaScript heap in use",
  });
  const lateness = (which: string, description: string) =>
    meter.createObservableGauge(`nodejs.eventloop.delay.${which}`, { unit: "s", description });
  const mean = lateness("mean", "How late the event loop was in the last one to two minutes");
  const p99 = lateness("p99", "How late the event loop was in that time, 99th percentile");
  const max = lateness("max", "How late the event loop was in that time, at most");

  const delay = new EventLoopDelay();
  meter.addBatchObservableCallback(
    (result) => {
      const { user, system } = process.cpuUsage();
      result.observe(cpu, user / 1e6, { "cpu.mode": "user" });
      result.observe(cpu, system / 1e6, { "cpu.mode": "system" });
      result.observe(memory, process.memoryUsage.rss());
      result.observe(uptime, process.uptime());
      for (const { space_name, space_used_size } of getHeapSpaceStatistics())
        result.observe(heap, space_used_size, { "v8js.heap.space.name": space_name });
      const late = delay.read();
      if (late === undefined) return;
      result.observe(mean, late.mean);
      result.observe(p99, late.p99);
      result.observe(max, late.max);
    },
    [cpu, memory, uptime, heap, mean, p99, max],
  );
  return () => delay.close();
}
