import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ambiguous, statusesOf, talk } from "./raw-requests.ts";
import { type Attacked, seededLedger, startServer } from "./server.ts";
import { share, tally } from "./tally.ts";

let server: Attacked;
beforeAll(async () => {
  server = await startServer(await seededLedger());
});
afterAll(() => server.close());

it("no request hides another", async () => {
  const host = `127.0.0.1:${server.port}`;
  const cases = Object.entries(ambiguous(host));
  for (const [what, text] of cases) {
    const statuses = statusesOf(await talk(server.port, text));
    // One request: one answer at most, and none of the server's own failures.
    expect([what, statuses.length <= 1, statuses.filter((status) => status >= 500)]).toEqual([what, true, []]);
  }
  // The same behind a request that is in order, on one connection.
  const first = `GET /readyz HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  expect(statusesOf(await talk(server.port, first))).toEqual([200]);
  for (const [what, text] of cases) {
    const statuses = statusesOf(await talk(server.port, first + text));
    expect([what, statuses.length <= 2, statuses.filter((status) => status >= 500)]).toEqual([what, true, []]);
  }
  tally("requests that could hide another", 2 * cases.length);
});

/** Headers that ask Next.js for its insides, or say which host or page a request is of. */
const INSIDE: readonly (readonly [string, string])[] = [
  ["x-middleware-subrequest", "proxy:proxy:proxy:proxy:proxy"],
  ["x-middleware-subrequest", "src/proxy"],
  ["x-middleware-subrequest", "pages/_middleware"],
  ["x-middleware-rewrite", "/api/v1/sync"],
  ["x-middleware-next", "1"],
  ["x-matched-path", "/api/v1/sync"],
  ["x-invoke-path", "/api/v1/sync"],
  ["x-invoke-status", "200"],
  ["x-now-route-matches", "1"],
  ["next-resume", "1"],
  ["next-router-prefetch", "2"],
  ["x-forwarded-host", "evil.example"],
  ["x-forwarded-proto", "https"],
  ["forwarded", "host=evil.example"],
  ["x-original-url", "/api/v1/sync"],
  ["x-rewrite-url", "/api/v1/sync"],
  ["x-http-method-override", "DELETE"],
];
const HOSTS = [
  ...["evil.example", "127.0.0.1.evil.example", "evil.example@127.0.0.1", "127.0.0.1."],
  ...["127.0.0.1/", "", "127.0.0.1 evil.example", "localhost.evil.example", "2130706433", "0x7f.1", "127.1"],
];
const PATHS = [
  "/",
  "/spend",
  "/metricsX",
  "/_next/data/x/index.json",
  "/index.rsc",
  "//evil.example/",
  "/%2e%2e/",
  "/x/../",
];

it("no host, and no header of Next.js itself, opens anything or fails", async () => {
  let tried = 0;
  for (const host of HOSTS)
    for (const path of PATHS) {
      const statuses = statusesOf(
        await talk(server.port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
      );
      expect([host, path, statuses.every((status) => status >= 300 && status < 500)]).toEqual([host, path, true]);
      tried++;
    }
  const host = `127.0.0.1:${server.port}`;
  for (const [name, value] of INSIDE)
    for (const path of PATHS.slice(0, 5)) {
      const ask = (more: string) => `GET ${path} HTTP/1.1\r\nHost: evil.example\r\n${more}Connection: close\r\n\r\n`;
      const [status] = statusesOf(await talk(server.port, ask(`${name}: ${value}\r\n`)));
      expect([name, path, status]).toEqual([name, path, 421]);
      const own = await talk(server.port, ask(`${name}: ${value}\r\n`).replace("evil.example", host), 5000);
      expect([name, path, (statusesOf(own)[0] ?? 0) < 500, /evil\.example/.test(own)]).toEqual([
        name,
        path,
        true,
        false,
      ]);
      tried += 2;
    }
  tally("hosts and headers of Next.js itself", tried);
});

it("images are not optimised: no address leads into that program", async () => {
  for (const url of ["%2Ficon.svg", "http%3A%2F%2F127.0.0.1%2F", "%2F%2Fevil.example%2Fx.svg"])
    expect([url, (await server.send(`/_next/image?url=${url}&w=64&q=75`)).status]).toEqual([url, 404]);
});

it("half a request holds nobody else up", async () => {
  const count = Math.max(10, Math.round(400 * share));
  const sockets = Array.from({ length: count }, () => connect(server.port, "127.0.0.1"));
  for (const socket of sockets) {
    socket.on("error", () => undefined);
    socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX: `);
  }
  for (let i = 0; i < 20; i++) expect((await server.send("/healthz")).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  tally("requests that never end", count);
});
