import { createStackParser, createTransport, setCurrentClient } from "@sentry/core";
import { nodeStackLineParser, ServerRuntimeClient } from "@sentry/core/server";

/** The client of a service that has its own Sentry, as `Sentry.init` makes it. */
export function initSentryClient(sent: (envelope: string) => void = () => {}): ServerRuntimeClient {
  const client = new ServerRuntimeClient({
    dsn: "https://own@sentry.example.com/7",
    environment: "owners-own",
    integrations: [],
    stackParser: createStackParser(nodeStackLineParser()),
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        sent(Buffer.from(body).toString());
        return { statusCode: 200 };
      }),
  });
  setCurrentClient(client);
  client.init();
  return client;
}
