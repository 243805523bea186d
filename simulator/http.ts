import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Clock } from "./clock.ts";

/** A request with its body read. Keys of `headers` are lower case. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What a handler answers. A generator of chunks is streamed. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array | Iterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
}

export function json(value: unknown, status = 200, headers?: Readonly<Record<string, string>>): Reply {
  return { status, type: "application/json", body: JSON.stringify(value), ...(headers ? { headers } : {}) };
}

export function text(body: string, status = 200, type = "text/plain; charset=utf-8"): Reply {
  return { status, type, body };
}

/** What the fault injector does with a finished answer before it goes out. */
export type Spoil = (call: Call, reply: Reply) => Promise<Reply | "reset">;

export interface Listener {
  readonly url: string;
  /** Calls by path, query left out. */
  readonly requests: Map<string, number>;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part as Uint8Array);
  return Buffer.concat(parts).toString("utf8");
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (call: Call) => Reply,
  spoil: Spoil,
  log: (path: string) => void,
  clock: Clock | undefined,
) {
  const url = new URL(request.url ?? "/", "http://localhost");
  log(url.pathname);
  const body = await bodyOf(request);
  const call: Call = {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body,
  };
  const reply = await spoil(call, handle(call));
  if (reply === "reset") {
    request.socket.destroy();
    return;
  }
  const date = clock ? { date: new Date(clock.now() * 1000).toUTCString() } : {};
  response.writeHead(reply.status, { "content-type": reply.type, ...date, ...reply.headers });
  if (call.method === "HEAD") response.end();
  else if (typeof reply.body === "string" || reply.body instanceof Uint8Array) response.end(reply.body);
  else await pipeline(Readable.from(reply.body, { objectMode: false }), response);
}

/** Serves `handle` until closed. Port 0 takes a free one. `clock`: the time in the `Date` of its answers. A handler that throws answers 500 with the error's text. */
export async function listen(
  handle: (call: Call) => Reply,
  spoil: Spoil,
  port = 0,
  host = "127.0.0.1",
  clock?: Clock,
): Promise<Listener> {
  const requests = new Map<string, number>();
  const count = (path: string) => requests.set(path, (requests.get(path) ?? 0) + 1);
  const server: Server = createServer((request, response) => {
    answer(request, response, handle, spoil, count, clock).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "content-type": "text/plain" }).end(`simulator: ${String(error)}`);
    });
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
