// fetch, which is undici: all brokers, and the refusals. A page of a browser sends the same headers.

import assert from "node:assert";
import { readFileSync } from "node:fs";

const base = process.env.SERVE_URL;
const token = readFileSync(process.env.SERVE_TOKEN_FILE, "utf8").trim();
const headers = { Authorization: `Bearer ${token}` };
const get = (path, options = {}) => fetch(`${base}/${path}`, { signal: AbortSignal.timeout(30_000), ...options });

const orders = await get("neo/quick/user/orders", { headers });
assert(Array.isArray((await orders.json()).data));
const limits = await get("neo/quick/user/limits", {
  method: "POST",
  headers,
  body: new URLSearchParams({ jData: '{"seg":"ALL"}' }),
});
assert.strictEqual((await limits.json()).stCode, 200);
const reports = await get("kotak/reports/1.0/orders", { headers });
assert.strictEqual(reports.status, 200);
// All of them at once.
const accounts = await Promise.all(
  Array.from({ length: 10 }, async () => (await get("ibkr/portfolio/accounts", { headers })).json()),
);
for (const [account] of accounts) assert(account.accountId);

assert.strictEqual((await get("neo/quick/user/orders")).status, 401);
const page = { ...headers, Origin: "https://evil.example" };
const refused = await get("neo/quick/user/orders", { headers: page });
assert.strictEqual(refused.status, 403);
assert.strictEqual(refused.headers.get("access-control-allow-origin"), null);
