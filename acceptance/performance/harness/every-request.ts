import { openAccount, type Stack } from "../../harness/stack.ts";

/** Every kind of request, with ids of their own; resolves to the ids of the traces. */
export async function everyRequest(stack: Stack, name: string): Promise<string[]> {
  const { gateway } = stack;
  const accounts = ["funds", "ann", "bob"].map((id) => `${name}-${id}`);
  const [fundingAccountId = "", ...employees] = accounts;
  const opened = [];
  for (const id of accounts) opened.push(await openAccount(gateway, { id, kind: "internal" }));
  const read = await fetch(`http://${gateway.address}/accounts/${name}-ann`);
  const transfer = { fromInstitution: "NORDBANK", toInstitution: "NORDBANK", amount: 5, currency: "EUR" };
  const run = {
    currency: "EUR",
    fundingAccountId,
    fundingInstitution: "NORDBANK",
    employees: employees.map((id) => ({ employeeId: id, accountId: id, institution: "NORDBANK", amount: 7 })),
  };
  return [
    ...opened.map(({ traceId }) => traceId),
    read.headers.get("x-trace-id") ?? "",
    await post(stack, "/transfers", `${name} transfer`, transfer),
    await post(stack, "/payroll-runs", `${name} run`, run),
  ];
}

async function post({ gateway }: Stack, path: string, key: string, body: object): Promise<string> {
  const response = await fetch(`http://${gateway.address}${path}`, {
    method: "POST",
    headers: { "idempotency-key": key },
    body: JSON.stringify(body),
  });
  await response.text();
  return response.headers.get("x-trace-id") ?? "";
}
