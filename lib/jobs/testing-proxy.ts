import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer of the peer behind: its status and parsed body. */
export interface Passing {
  readonly path: string;
  readonly query: URLSearchParams;
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests bend whatever JSON passes by.
  body: any;
}

/** Stands before a peer and bends its answers. */
export async function proxyTo(target: string, bend: (passing: Passing) => void) {
  const server = createServer(async (request, response) => {
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part as Uint8Array);
    const { host: _host, connection: _connection, ...headers } = request.headers as Record<string, string>;
    const body = request.method === "GET" ? null : Buffer.concat(parts);
    const answer = await fetch(`${target}${request.url}`, { method: request.method ?? "GET", headers, body });
    const url = new URL(request.url ?? "/", target);
    const passing: Passing = {
      path: url.pathname,
      query: url.searchParams,
      status: answer.status,
      body: await answer.json(),
    };
    bend(passing);
    response.writeHead(passing.status, { "content-type": "application/json" }).end(JSON.stringify(passing.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
