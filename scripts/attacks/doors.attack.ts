import { afterAll, beforeAll, expect, it } from "vitest";
import { COSTS, DOORS, MIB, upload } from "./doors.ts";
import { type Attacked, seededLedger, startServer } from "./server.ts";
import { tally } from "./tally.ts";

/** What no input may exceed, at any door: how long the main thread is held at once, and how much memory it takes. */
const MOST_HELD_MS = 50;
const MOST_GROWTH_MIB = 200;

let server: Attacked;
beforeAll(async () => {
  server = await startServer(await seededLedger());
});
afterAll(async () => {
  await server.close();
});

it("no input of the largest size holds the main thread for 50 ms, or takes 200 MB", async () => {
  // What a server loads when it is asked for the first time is no input.
  for (let i = 0; i < 3; i++)
    for (const path of ["/costs", "/bills", "/budgets", "/prices/propose"]) await server.send(path);
  await upload(server, COSTS, "from,until\n", "small.csv");
  const rows: string[] = [];
  const beyond: string[] = [];
  for (const door of DOORS) {
    const { what, bytes, send, answer } = door();
    await server.heldMs();
    const before = server.rssBytes();
    server.peakBytes();
    const began = performance.now();
    const { status, text } = await send(server);
    const seconds = (performance.now() - began) / 1000;
    const [held, growth] = [await server.heldMs(), (server.peakBytes() - before) / MIB];
    const row = `${what} | ${(bytes / MIB).toFixed(2)} MiB | ${status} | ${held.toFixed(0)} ms | ${growth.toFixed(0)} MiB | ${seconds.toFixed(1)} s`;
    rows.push(row);
    console.log(row, status === 200 && answer.test(text) ? "" : text.replace(/\s+/g, " ").slice(-400));
    if (held > MOST_HELD_MS || growth > MOST_GROWTH_MIB || status === 0 || status >= 500 || !answer.test(text))
      beyond.push(row);
  }
  console.log(["door | sent | status | held | memory | answered in", ...rows].join("\n"));
  tally("doors, each with the largest input that it takes", rows.length);
  expect(beyond).toEqual([]);
});
