// interactive-brokers-mcp against the gateway at IBKR_BASE_URL. It fills in the login page in a headless browser, and has no
// tool to sign out with, so the person does that.

import assert from "node:assert";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { entry, start } from "../mcp.mjs";

// The gateway's certificate names no host and has expired, so it cannot be verified.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const base = new URL(process.env.IBKR_BASE_URL);
const ticklerFile = join(dirname(entry), "../ib-gateway/.runtime/tickler-session.json");

// It leaves a process behind that tickles on; of an earlier run nothing is left to be found.
rmSync(ticklerFile, { force: true });
const variables = {
  IB_USERNAME: "made-up",
  IB_PASSWORD_AUTH: "made-up",
  // What it trusts is its own affair.
  NODE_TLS_REJECT_UNAUTHORIZED: undefined,
};
const client = start(base, variables, 120_000);

async function single_sign_on() {
  const response = await fetch(new URL("v1/api/sso/validate", base.origin));
  return response.ok && (await response.json()).RESULT;
}

let tickler;
try {
  await client.initialize();

  assert.strictEqual(await single_sign_on(), false, "signed in before the sign-in");
  const authenticated = JSON.parse(await client.call("authenticate"));
  assert.strictEqual(authenticated.success, true, JSON.stringify(authenticated));
  assert.strictEqual(await single_sign_on(), true);

  const info = JSON.parse(await client.call("get_account_info"));
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
  client.stop();
}
