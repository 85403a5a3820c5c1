// interactive-brokers-mcp at the gateway's port. It finds a session, so it needs no browser.

import assert from "node:assert";

import { start } from "../mcp.mjs";

const client = start(new URL(process.env.GATEWAY_URL), {}, 60_000);
try {
  await client.initialize();
  const info = JSON.parse(await client.call("get_account_info"));
  assert.strictEqual(info.summaries[0].accountId, info.accounts[0].id);
  assert(info.summaries[0].summary.netliquidation.amount > 0);
} finally {
  client.stop();
}
