import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Http, type HttpSettings } from "@/lib/http.ts";
import { silentLog } from "@/lib/log.ts";
import { RunaiClient } from "./client.ts";
import type { RunaiSettings } from "./index.ts";
import { TokenKeeper } from "./token.ts";

/** One request as the peer saw it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
  readonly delayMs?: number;
  /** Promises this many bytes more than it sends, then cuts the connection. */
  readonly cut?: boolean;
}

export interface Peer {
  readonly url: string;
  readonly calls: Call[];
  close(): Promise<void>;
}

/** An HTTP server on a free port that answers by `reply` and records the requests. */
export async function startPeer(answer: (call: Call) => Reply | Promise<Reply>): Promise<Peer> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://peer");
    const call: Call = {
      method: request.method ?? "",
      path: pathname,
      query: searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString("utf8"),
    };
    calls.push(call);
    send(response, await answer(call));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, reply: Reply): void {
  const text = reply.text ?? JSON.stringify(reply.json ?? {});
  const headers = { "content-type": reply.text ? "text/plain" : "application/json", ...reply.headers };
  const write = () => {
    if (!reply.cut) return response.writeHead(reply.status ?? 200, headers).end(text);
    response.writeHead(reply.status ?? 200, { ...headers, "content-length": String(text.length + 10) });
    response.write(text, () => response.destroy());
  };
  if (reply.delayMs) setTimeout(write, reply.delayMs);
  else write();
}

export const quickHttp: Omit<HttpSettings, "log" | "tls"> = {
  timeoutMs: 60_000,
  retryCount: 5,
  retryWaitMs: 2,
  retryMaxWaitMs: 10,
  deadlineMs: 600_000,
  concurrency: 5,
  random: () => 0.5,
};

export const runaiSettings = (url: string, more: Partial<RunaiSettings> = {}): RunaiSettings => ({
  url,
  appId: "ledger",
  appSecret: "s3cret",
  metrics: [],
  resourceType: "workload",
  log: silentLog,
  http: quickHttp,
  ...more,
});

/** A client with its own door, as `createRunaiSource` builds it. */
export function openClient(url: string): { client: RunaiClient; http: Http } {
  const http = new Http({ ...quickHttp, log: silentLog });
  const tokens = new TokenKeeper(http, { url, appId: "ledger", appSecret: "s3cret", now: () => 1_000_000 });
  return { client: new RunaiClient(http, tokens, url, silentLog), http };
}

/** An unsigned JWT with these claims. */
export function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.x`;
}
