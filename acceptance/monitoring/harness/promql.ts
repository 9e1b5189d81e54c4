/** The metrics that a PromQL expression reads, by their names there. */
export function metricsOf(expression: string): string[] {
  const bare = expression
    .replace(/"[^"]*"/g, "")
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, " ")
    .replace(/\b(by|on|without|ignoring)\s*\([^)]*\)/g, " ");
  const words = Array.from(bare.matchAll(/\b([a-z_]\w*)\b(?!\s*\()/gi), ([, word = ""]) => word);
  const operators = new Set(["and", "or", "unless", "bool", "offset", ...AGGREGATORS]);
  return words.filter((word) => !operators.has(word));
}

/** What it selects of them: each with the matchers that it has there. */
export function selectorsOf(expression: string): string[] {
  const metrics = new Set(metricsOf(expression));
  const found = expression.matchAll(/\b([a-z_]\w*)(\{[^}]*\})?/gi);
  return Array.from(found, ([selector, name = ""]) => (metrics.has(name) ? selector : "")).filter(Boolean);
}

/** These may have their labels before the brackets. */
const AGGREGATORS = ["sum", "min", "max", "count", "avg", "topk"];

/** A histogram's name, without that of its series. */
export function histogramOf(metric: string): string {
  return metric.replace(/_(bucket|count|sum)$/, "");
}
