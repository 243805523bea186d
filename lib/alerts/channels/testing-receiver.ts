import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How the receiver answers: a status with text and headers; a redirect is a status, too. */
export type Answer =
  | { readonly status: number; readonly text?: string; readonly headers?: Readonly<Record<string, string>> }
  /** Never answers. */
  | "silent"
  /** 200, then a body without an end. */
  | "endless"
  /** Closes the connection before it answers. */
  | "cut";

export interface Receiver {
  readonly url: string;
  readonly got: Received[];
  /** The answers to come, in their order; then `usual`. */
  readonly answers: Answer[];
  close(): Promise<void>;
}

/** A receiver of requests on this machine. @param usual checks what it got, and answers. */
export async function startReceiver(usual: (request: Received) => Answer): Promise<Receiver> {
  const got: Received[] = [];
  const answers: Answer[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const received = {
      ...{ method: request.method ?? "", path: request.url ?? "", headers: request.headers },
      body: Buffer.concat(parts).toString("utf8"),
    };
    got.push(received);
    const answer = answers.shift() ?? usual(received);
    if (answer === "silent") return;
    if (answer === "cut") {
      request.socket.destroy();
      return;
    }
    if (answer === "endless") {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(16_384)));
      };
      response.on("drain", more);
      more();
      return;
    }
    response.writeHead(answer.status, answer.headers);
    response.end(answer.text ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    ...{ got, answers },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
