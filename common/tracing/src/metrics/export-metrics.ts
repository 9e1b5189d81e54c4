import { createRequestFaults } from "../transport/request-fault.ts";
import { exporterAttributes, perDestination } from "./destination-attributes.ts";
import { ERROR_TYPE, type Metric, OUTCOME, points, REASON } from "./metric.ts";

const NO_FAULTS = createRequestFaults();

const each = perDestination(exporterAttributes);

/** Requests to each destination, and what is lost on the way. */
export const EXPORT_METRICS: readonly Metric[] = [
  {
    name: "otel.sdk.exporter.span.exported",
    kind: "counter",
    unit: "{span}",
    description: "Spans that a destination has accepted, or refused",
    read: each(({ sent, dropped }, of) => [
      [sent, of],
      [dropped.refused, { ...of, [ERROR_TYPE]: "rejected" }],
    ]),
  },
  {
    name: "otel.sdk.exporter.span.inflight",
    kind: "upDownCounter",
    unit: "{span}",
    description: "Spans in requests under way",
    read: each(({ inFlightSpans }, of) => [[inFlightSpans, of]]),
  },
  {
    name: "tracekeep.export.batch",
    kind: "counter",
    unit: "{batch}",
    description: "Requests with spans that have ended",
    read: each(({ batches: { accepted, retried, split, refused } }, of) =>
      points({ accepted, retried, split, refused }, OUTCOME, of),
    ),
  },
  {
    name: "tracekeep.export.error",
    kind: "counter",
    unit: "{error}",
    description: "Requests that were not accepted",
    read: each(({ faults }, of) => points({ ...NO_FAULTS, ...faults }, ERROR_TYPE, of)),
  },
  {
    name: "tracekeep.export.io",
    kind: "counter",
    unit: "By",
    description: "Bytes of requests as they went out",
    read: each(({ requestBytes }, of) => [[requestBytes, of]]),
  },
  {
    name: "tracekeep.export.destination.up",
    kind: "gauge",
    unit: "1",
    description: "1 if the last request was accepted, otherwise 0",
    read: each(({ isUp }, of) => (isUp === undefined ? [] : [[isUp ? 1 : 0, of]])),
  },
  {
    name: "tracekeep.export.span.dropped",
    kind: "counter",
    unit: "{span}",
    description: "Spans lost on their way out",
    read: each(({ dropped }, of) => points(dropped, REASON, of)),
  },
  {
    name: "tracekeep.spool.span",
    kind: "counter",
    unit: "{span}",
    description: "Spans that went to disk and from it",
    read: each(({ spool }, of) => {
      if (spool === undefined) return [];
      const { written, sent, expired, refused, full, failed } = spool;
      return points({ written, sent, expired, refused, full, failed }, OUTCOME, of);
    }),
  },
  {
    name: "tracekeep.spool.damaged",
    kind: "counter",
    unit: "{record}",
    description: "Requests on disk that could not be read",
    read: each(({ spool }, of) => (spool === undefined ? [] : [[spool.damaged, of]])),
  },
];
