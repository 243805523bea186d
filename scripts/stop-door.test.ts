import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";

/** A server that answers once it has read a request's body; `/slow` sends for a while, `/never` for good. */
const SERVER = `import http from "node:http";
import { endInTime } from "./scripts/stop-door.mjs";
endInTime({ sendingMs: 50, mostMs: Number(process.argv[1]) });
let worked = false;
globalThis.gpuLedgerWork = [new Promise((resolve) => setTimeout(() => resolve(worked = true), 300))];
const server = http.createServer(async (request, answer) => {
  for await (const part of request);
  if (request.url === "/") return answer.end("whole");
  answer.write("begin ");
  console.log("answering");
  if (request.url === "/slow") setTimeout(() => answer.end("end"), 600);
});
server.on("connection", () => console.log("connected"));
server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port));
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => server.close(() => {
  console.log(worked ? "closed after the work" : "closed before the work");
  process.exit(143);
}));`;

const children: ChildProcess[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
});

async function server(mostMs = 600_000) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", SERVER, String(mostMs)]);
  children.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (said += String(part)));
  const ended = once(child, "close").then(([code]) => code as number | null);
  const until = async (word: string | RegExp) => {
    while (!said.match(word)) await new Promise((resolve) => setTimeout(resolve, 10));
    return said;
  };
  const port = Number(/port (\d+)/.exec(await until(/port \d+/))?.[1]);
  return { child, port, ended, until, said: () => said };
}

/** Sends some text and stays connected. @returns what comes back, once the connection has ended. */
async function send(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  let got = "";
  socket.on("data", (part) => (got += String(part))).on("error", () => undefined);
  await once(socket, "connect");
  socket.write(text);
  return new Promise((resolve) => socket.once("close", () => resolve(got)));
}

it.each([
  ["a body that comes a byte a second", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nab"],
  ["half a header", "GET / HTTP/1.1\r\nHos"],
  ["a connection on which nothing was sent", ""],
  ["a connection that waits for its next request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
])("%s does not hold a server that is asked to stop", async (_, text) => {
  const { child, port, ended, until } = await server();
  void send(port, text);
  await until("connected");
  await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGTERM");
  expect([await ended, await until(/closed/)]).toEqual([143, expect.stringContaining("closed after the work")]);
});

it("an answer on its way is sent to its end", async () => {
  const { child, port, ended, until } = await server();
  const got = send(port, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  await until("answering");
  child.kill("SIGTERM");
  expect(await ended).toBe(143);
  expect(await got).toMatch(/begin [\s\S]*end/);
});

it.each(["SIGTERM", "SIGINT"] as const)(
  "at %s the process ends when its time is over, whatever goes on",
  async (signal) => {
    const { child, port, ended, until } = await server(500);
    void send(port, "GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
    await until("answering");
    child.kill(signal);
    expect(await ended).toBe(signal === "SIGTERM" ? 143 : 130);
    expect(await until("Ended after")).toContain("Ended after 0.5 s with 1 connections open.");
  },
);
