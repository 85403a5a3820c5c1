// interactive-brokers-mcp as a process, and the protocol that it speaks on its standard input and output.

import assert from "node:assert";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Where the client is. */
export const entry = createRequire(join(process.env.NODE_PACKAGES, "/")).resolve("interactive-brokers-mcp");

/** Starts the client for the gateway at a URL, with further variables. A client that waits for ever is stopped. */
export function start(gateway, variables, patience) {
  const server = spawn(process.execPath, [entry], {
    env: {
      ...process.env,
      IB_GATEWAY_HOST: gateway.hostname,
      IB_GATEWAY_PORT: gateway.port,
      IB_HEADLESS_MODE: "true",
      ...variables,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  setTimeout(() => server.kill(), patience).unref();
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

  return {
    async initialize() {
      const client = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "broker-session", version: "0" } };
      await request("initialize", client);
      server.stdin.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }) + "\n");
    },
    async call(name) {
      const result = await request("tools/call", { name, arguments: { confirm: true } });
      return result.content[0].text;
    },
    stop: () => server.kill(),
  };
}
