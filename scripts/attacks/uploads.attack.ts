import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Act, COSTS, MIB, PRICES, upload } from "./doors.ts";
import { type Attacked, ping, seededLedger, startServer } from "./server.ts";
import { tally } from "./tally.ts";

let server: Attacked;
const sockets: Socket[] = [];
beforeAll(async () => {
  server = await startServer(await seededLedger());
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await server.close();
});

const HEAD = "from,until,team,cluster,category,description,amount,currency\n";
const FILES: [what: string, to: Act, bytes: () => string | Buffer, name?: string][] = [
  ["a YAML file of 199,000 empty prices", PRICES, () => "- {}\n".repeat(199_000)],
  ["a YAML file of 499,000 brackets", PRICES, () => "[".repeat(499_000)],
  ["a YAML file 100,000 deep", PRICES, () => "{a: ".repeat(100_000)],
  [
    "a YAML file of aliases of aliases",
    PRICES,
    () =>
      `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi"
        .split("")
        .map((n, i) => `${n}: &${n} [${Array(9).fill(`*${"abcdefgh"[i]}`).join()}]`)
        .join("\n")}\n`,
  ],
  ["a CSV file of 60,000 columns", COSTS, () => `${Array.from({ length: 60_000 }, (_, i) => `c${i}`).join()}\n1\n`],
  ["a CSV line of 15 MiB", COSTS, () => `${HEAD}2026-10-01,2026-10-02,,,x,${"y".repeat(15 * MIB)},1,USD\n`],
  ["a quote that never ends", COSTS, () => `${HEAD}"${"y\n".repeat(5 * MIB)}`],
  ["a packed file that unpacks to 300 MB", COSTS, () => gzipSync(Buffer.alloc(300_000_000)), "cost.csv.gz"],
  ["a packed file in a packed file", COSTS, () => gzipSync(gzipSync(Buffer.alloc(100_000_000))), "cost.csv.gz"],
  [
    "a packed file that breaks off",
    COSTS,
    () => gzipSync(Buffer.from(HEAD.repeat(1000))).subarray(0, 60),
    "cost.csv.gz",
  ],
  ["bytes that are no text", COSTS, () => Buffer.alloc(MIB, 0xff)],
  ["an HTML page", COSTS, () => "<!doctype html><html><body>Sign in</body></html>"],
  ["half a UTF-16 file", COSTS, () => Buffer.from(`\ufeff${HEAD}`, "utf16le").subarray(0, 41)],
  ["an amount of 2 MB", COSTS, () => `${HEAD}2026-10-01,2026-10-02,,,x,y,${"9".repeat(2 * MIB)},USD\n`],
  ["a year of four figures too many", COSTS, () => `${HEAD}2026-10-01,9999-12-31,,,x,y,1,USD\n`],
  ["150,000 lines that are all wrong", COSTS, () => HEAD + "2026-10-01,x,,,x,y,1,USD\n".repeat(150_000)],
  ["an empty file name of NUL", COSTS, () => HEAD, "\u0000"],
];

const CASES = FILES.map(([what, to, bytes, name]) => ({
  what,
  to,
  bytes,
  name: name ?? (to === COSTS ? "cost.csv" : "prices.yaml"),
}));
it.each(CASES)("$what is answered in words; the server goes on meanwhile", async ({ to, bytes, name }) => {
  const before = server.rssBytes();
  const pinger = ping(server);
  const { status, text } = await upload(server, to, bytes(), name);
  const { answered } = await pinger.end();
  const inWords =
    status === 200 ? /"ok":(true|false)/.test(text) : status === 400 && text.includes("could not be read");
  expect([status, inWords], text.slice(0, 300)).toEqual([status, true]);
  expect(text.length).toBeLessThan(200_000);
  expect(text).not.toMatch(/The server could not|call stack/i);
  expect(answered).toBeGreaterThan(0);
  // The file itself, its form, and at most what a thread may take; what is free again is given back later.
  expect((server.rssBytes() - before) / MIB).toBeLessThan(600);
});

it("hundreds of clients that never finish leave the server in use, its memory bounded, and able to end", async () => {
  const before = server.rssBytes();
  const host = `Host: 127.0.0.1:${server.port}\r\nOrigin: ${server.base}\r\n`;
  const begin = (text: string) => {
    const socket = connect(server.port, "127.0.0.1").on("error", () => undefined);
    socket.write(text);
    sockets.push(socket);
    return socket;
  };
  for (let i = 0; i < 200; i++) begin(`GET / HTTP/1.1\r\n${host}X-Slow: `);
  for (let i = 0; i < 60; i++) {
    const type = "Content-Type: multipart/form-data; boundary=x\r\nNext-Action: 40\r\n";
    begin(`POST /costs HTTP/1.1\r\n${host}${type}Content-Length: 9400000\r\n\r\n`).write(Buffer.alloc(9_000_000, 97));
  }
  const pinger = ping(server);
  for (let i = 0; i < 20; i++) {
    for (const socket of sockets) if (!socket.destroyed) socket.write("a");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  expect((await pinger.end()).answered).toBeGreaterThan(0);
  expect((await server.send("/teams")).status).toBe(200);
  expect((server.rssBytes() - before) / MIB).toBeLessThan(700);
  tally("files, each with a pinger, and 260 clients that never finish", FILES.length);
});
