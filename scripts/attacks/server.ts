import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { seed } from "@/e2e/fixtures/seed.ts";

export interface Answer {
  /** 0: the connection ended without an answer. */
  readonly status: number;
  readonly text: string;
}
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A server as `npm start` runs it, over a ledger of its own. */
export interface Attacked {
  readonly base: string;
  readonly port: number;
  readonly file: string;
  readonly child: ChildProcess;
  /** All that it has printed. */
  log(): string;
  send(path: string, sent?: Sent): Promise<Answer>;
  rssBytes(): number;
  cpuSeconds(): number;
  /** The longest that its main thread was held at once since this was asked last, in milliseconds (hold.mjs). */
  heldMs(): Promise<number>;
  /** The most memory that it had since this was asked last. */
  peakBytes(): number;
  close(): Promise<void>;
}

const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-attacked-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
let seeded: Promise<string> | undefined;
let copies = 0;

/** A ledger of its own, with a month of a small cluster, which is seeded once in each run. */
export async function seededLedger(): Promise<string> {
  seeded ??= (async () => {
    const file = path.join(folder, "seeded.db");
    await seed(file, 35, Math.floor(Date.now() / 1000));
    return file;
  })();
  const copy = path.join(folder, `ledger-${++copies}.db`);
  copyFileSync(await seeded, copy);
  return copy;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}

const HOLD = new URL("./hold.mjs", import.meta.url).href;

async function heldMs(child: ChildProcess, holdFile: string): Promise<number> {
  child.kill("SIGUSR2");
  while (!existsSync(holdFile)) await new Promise((resolve) => setTimeout(resolve, 20));
  const { longestMs } = JSON.parse(readFileSync(holdFile, "utf8")) as { longestMs: number };
  rmSync(holdFile);
  return longestMs;
}

/** The largest resident size since the last call, which Linux then forgets. */
function peakBytes(pid: number): number {
  const kib = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  return Number(kib) * 1024;
}

export async function startServer(file: string, settings: Readonly<Record<string, string>> = {}): Promise<Attacked> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = {
    ...{ PATH: process.env.PATH, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", AUTH: "off", SCHEDULER: "off" },
    ...{ HOST: "127.0.0.1", PORT: String(port), DATABASE_URL: `file:${file}`, LOG_LEVEL: "warn" },
    ...{ HOLD_FILE: `${file}.hold.json`, NODE_OPTIONS: `--import ${HOLD}` },
    ...settings,
  } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, ["scripts/start.mjs"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part) => (printed += String(part)));
  const ended = once(child, "close");
  const send = (to: string, sent?: Sent) => sendTo(base, to, sent);
  while ((await send("/readyz")).status !== 200) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}: ${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const stat = () => readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return {
    ...{ base, port, file, child, send, log: () => printed },
    rssBytes: () => Number(stat()[21]) * 4096,
    cpuSeconds: () => (Number(stat()[11]) + Number(stat()[12])) / 100,
    heldMs: () => heldMs(child, `${file}.hold.json`),
    peakBytes: () => peakBytes(child.pid as number),
    close: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** A request byte for byte: browsers and fetch mend addresses and headers. */
export function sendTo(base: string, to: string, { method = "GET", headers = {}, body }: Sent = {}): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const length: Record<string, string> =
    body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve) => {
    const lost = (error: Error) => resolve({ status: 0, text: String(error) });
    try {
      const options = { hostname, port, path: to, method, headers: { ...length, ...headers } };
      const sent = request(options, async (answer) => {
        const parts: Buffer[] = [];
        try {
          for await (const part of answer) parts.push(part as Buffer);
        } catch (error) {
          return lost(error as Error);
        }
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() });
      });
      sent.on("error", lost);
      sent.end(body);
    } catch (error) {
      // A client that refuses to send it.
      lost(error as Error);
    }
  });
}

/** Asks for `/healthz` until it is ended. @returns how many answered, and the longest that one took, in milliseconds. */
export function ping(server: Attacked): { end(): Promise<{ answered: number; longestMs: number }> } {
  let [answered, longestMs, ending] = [0, 0, false];
  const loop = (async () => {
    while (!ending) {
      const began = performance.now();
      if ((await server.send("/healthz")).status === 200) answered++;
      longestMs = Math.max(longestMs, performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    end: async () => {
      ending = true;
      await loop;
      return { answered, longestMs: Math.round(longestMs) };
    },
  };
}
