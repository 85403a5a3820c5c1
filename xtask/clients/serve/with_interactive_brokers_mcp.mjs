// interactive-brokers-mcp at the gateway's port. It finds a session, so it needs no browser.

import assert from "node:assert";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const gateway = new URL(process.env.GATEWAY_URL);
const entry = createRequire(join(process.env.NODE_PACKAGES, "/")).resolve("interactive-brokers-mcp");
const server = spawn(process.execPath, [entry], {
  env: {
    ...process.env,
    IB_GATEWAY_HOST: gateway.hostname,
    IB_GATEWAY_PORT: gateway.port,
    IB_HEADLESS_MODE: "true",
  },
  stdio: ["pipe", "pipe", "inherit"],
});
// A client that waits for ever fails.
setTimeout(() => server.kill(), 60_000).unref();
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

try {
  const client = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "broker-session", version: "0" } };
  await request("initialize", client);
  server.stdin.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }) + "\n");
  const result = await request("tools/call", { name: "get_account_info", arguments: { confirm: true } });
  const info = JSON.parse(result.content[0].text);
  assert.strictEqual(info.summaries[0].accountId, info.accounts[0].id);
  assert(info.summaries[0].summary.netliquidation.amount > 0);
} finally {
  server.kill();
}
