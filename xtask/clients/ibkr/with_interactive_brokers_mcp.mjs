// interactive-brokers-mcp against the gateway at IBKR_BASE_URL. It fills in the login page in a headless browser, and has no
// tool to sign out with, so the person does that.

import assert from "node:assert";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

// The gateway's certificate names no host and has expired, so it cannot be verified.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const base = new URL(process.env.IBKR_BASE_URL);
const entry = createRequire(join(process.env.NODE_PACKAGES, "/")).resolve("interactive-brokers-mcp");
const ticklerFile = join(dirname(entry), "../ib-gateway/.runtime/tickler-session.json");

// It leaves a process behind that tickles on; of an earlier run nothing is left to be found.
rmSync(ticklerFile, { force: true });
const server = spawn(process.execPath, [entry], {
  env: {
    ...process.env,
    IB_GATEWAY_HOST: base.hostname,
    IB_GATEWAY_PORT: base.port,
    IB_HEADLESS_MODE: "true",
    IB_USERNAME: "made-up",
    IB_PASSWORD_AUTH: "made-up",
    // What it trusts is its own affair.
    NODE_TLS_REJECT_UNAUTHORIZED: undefined,
  },
  stdio: ["pipe", "pipe", "inherit"],
});
// A client that waits for ever fails.
setTimeout(() => server.kill(), 120_000).unref();
const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
let requests = 0;

async function request(method, params) {
  const id = ++requests;
  server.stdin.write(JSON.stringify({ jsonrpc: "2.0", id, method, params }) + "\n");
  for (;;) {
    const { value, done } = await lines.next();
    assert(!done, `${method}: the server has ended`);
    const message = JSON.parse(value);
    if (message.id === id) return message.result;
  }
}

async function call(name) {
  const result = await request("tools/call", { name, arguments: { confirm: true } });
  return result.content[0].text;
}

async function single_sign_on() {
  const response = await fetch(new URL("v1/api/sso/validate", base.origin));
  return response.ok && (await response.json()).RESULT;
}

let tickler;
try {
  const client = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "broker-session", version: "0" } };
  await request("initialize", client);
  server.stdin.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }) + "\n");

  assert.strictEqual(await single_sign_on(), false, "signed in before the sign-in");
  const authenticated = JSON.parse(await call("authenticate"));
  assert.strictEqual(authenticated.success, true, JSON.stringify(authenticated));
  assert.strictEqual(await single_sign_on(), true);

  const info = JSON.parse(await call("get_account_info"));
  assert.strictEqual(info.summaries[0].accountId, info.accounts[0].id);
  assert(info.summaries[0].summary.netliquidation.amount > 0);

  // The tickler ends at once if its first tickle does not find a live session.
  assert(existsSync(ticklerFile), "nothing keeps the session alive");
  tickler = JSON.parse(readFileSync(ticklerFile, "utf8")).pid;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  process.kill(tickler, 0);

  const logout = await fetch(new URL("v1/api/logout", base.origin), { method: "POST" });
  assert.deepStrictEqual(await logout.json(), { status: true });
  assert.strictEqual(await single_sign_on(), false);
} finally {
  if (tickler) process.kill(tickler);
  server.kill();
}
