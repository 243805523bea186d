import { createServer, type IncomingHttpHeaders } from "node:http";
import type { HttpSettings } from "@/lib/http.ts";
import { silentLog } from "@/lib/log.ts";

/** For tests only: what a peer was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly form: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** What it answers; an object is sent as JSON. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string | object;
}

export interface TestServer {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

const http: Omit<HttpSettings, "tls" | "log"> = {
  timeoutMs: 60_000,
  retryCount: 2,
  retryWaitMs: 1,
  retryMaxWaitMs: 2,
  deadlineMs: 600_000,
  concurrency: 5,
};

/** Settings of a client that gives up soon and logs nothing. */
export const quick = { http, log: silentLog };

export const buildInfo = (version: string, more: object = { revision: "r" }): Reply => ({
  body: { status: "success", data: { version, ...more } },
});

export const vector = (...values: string[]): Reply => {
  const result = values.map((value) => ({ metric: {}, value: [0, value] }));
  return { body: { status: "success", data: { resultType: "vector", result } } };
};

export const matrix = (result: object[], more: object = {}): Reply => ({
  body: { status: "success", data: { resultType: "matrix", result }, ...more },
});

export const refusal = (status: number, errorType: string, error: string): Reply => ({
  status,
  body: { status: "error", errorType, error },
});

/** A Prometheus 2.42 that answers build information itself and asks `reply` for the rest. */
export async function startServer(reply: (asked: Asked) => Reply | null): Promise<TestServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://peer");
      const form = request.method === "POST" ? new URLSearchParams(text) : searchParams;
      const one = { method: request.method ?? "", path, form, headers: request.headers };
      asked.push(one);
      const fallback = path.endsWith("/status/buildinfo")
        ? buildInfo("2.42.0")
        : { status: 404, body: "404 page not found" };
      const { status = 200, headers = {}, body } = reply(one) ?? fallback;
      const type = typeof body === "string" ? "text/plain" : "application/json";
      response.writeHead(status, { "content-type": type, ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, asked, close };
}
