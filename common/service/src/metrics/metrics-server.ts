import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { metrics } from "@opentelemetry/api";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { ServiceConfig } from "../config/load.ts";
import { formatAddress } from "../lifecycle/endpoint.ts";
import { measureProcess } from "./process-metrics.ts";

/** Labels of every series; what else is known of the service stands in `target_info`. */
const CONSTANT_LABELS = /^(service\.name|deployment\.environment\.name)$/;

export interface MetricsServer {
  readonly url: string;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * Makes the process's meter provider and serves what it collects, as Prometheus reads it; 0 takes a free port.
 *
 * @throws what listening throws, such as EADDRINUSE.
 */
export async function startMetricsServer(config: ServiceConfig, port: number): Promise<MetricsServer> {
  const exporter = new PrometheusExporter({
    // Its own server takes no port 0.
    preventServerStart: true,
    withResourceConstantLabels: CONSTANT_LABELS,
  });
  const server = createServer((request, response) => {
    if (request.url?.split("?")[0] === "/metrics") exporter.getMetricsRequestHandler(request, response);
    else response.writeHead(404).end();
  });
  server.listen(port, config.HOST);
  await once(server, "listening");
  const provider = new MeterProvider({ resource: resourceOf(config), readers: [exporter] });
  metrics.setGlobalMeterProvider(provider);
  const stopMeasuring = measureProcess(provider.getMeter("@tracekeep/service"));
  return {
    url: `http://${formatAddress(config.HOST, (server.address() as AddressInfo).port)}/metrics`,
    async close() {
      stopMeasuring();
      metrics.disable();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await provider.shutdown();
    },
  };
}

function resourceOf({ SERVICE_NAME, SERVICE_VERSION, INSTANCE_ID, ENVIRONMENT }: ServiceConfig) {
  return resourceFromAttributes({
    "service.name": SERVICE_NAME,
    "service.version": SERVICE_VERSION,
    "service.instance.id": INSTANCE_ID,
    "deployment.environment.name": ENVIRONMENT,
  });
}
