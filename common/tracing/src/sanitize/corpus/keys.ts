/** Keys whose value is secret, whatever it is. */
export const secretKeys: readonly string[] = [
  "password", "user.password", "db.password.old", "DBPassword", "passwd", "pwd", "passphrase", "passcode",
  "secret", "client_secret", "clientSecret", "clientsecret", "aws.secret.access.key", "private_key", "privateKey",
  "api_key", "apiKey", "API-KEY", "x-api-key", "http.request.header.x-api-key", "rpc.request.metadata.authorization",
  "http.request.header.cookie", "set-cookie", "access_token", "accessToken", "token", "id_token_2", "tokenValue",
  "JWTToken", "jwt", "session", "session_id", "connect.sid", "csrf_token", "xsrf", "user.email", "userEmail",
  "email_address", "phone", "phone_number", "user.ssn", "cvv", "card_number", "creditCard", "iban", "pan",
  "account_number", "sentry.dsn", "http.auth", "connection_string", "pin", "otp", "tax_id", "account_key",
  "passwords", "passwort", "emails", "jsessionid", "X-Auth-Key", "Ocp-Apim-Subscription-Key", "ssh_key", "dbpass",
]; // biome-ignore format: a list of words

/** Keys whose value says nothing secret by its key. */
export const plainKeys: readonly string[] = [
  "rpc.system.name", "rpc.service", "rpc.method", "rpc.status_code", "server.address", "server.port",
  "network.peer.address", "error.type", "exception.type", "exception.message", "service.name", "service.version",
  "token_count", "tokens_used", "gen_ai.usage.input_tokens_total", "passenger", "author", "authority", "secretary",
  "primary_key", "key", "keyboard", "spinner", "pinned", "discount", "company", "expansion", "sessions_open",
  "http.request.header.accept", "http.route", "db.query.text", "db.system.name", "messaging.message.id", "user.id",
  "account_id", "card_count", "order_number", "deadline_ms", "thread.id", "code.function.name",
]; // biome-ignore format: a list of words
