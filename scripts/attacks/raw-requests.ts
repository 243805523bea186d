import { connect } from "node:net";

/**
 * Requests that two servers could part differently (request smuggling), byte for byte. The last request of each, for HIDDEN, is what
 * would get through as one of its own: a server that reads the bytes as a body, or refuses them, never sees it.
 */
export const HIDDEN = "/hidden-request";

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** @param host what the requests name. */
export function ambiguous(host: string): Readonly<Record<string, string>> {
  const hidden = `GET ${HIDDEN} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const begin = (method: string, headers: string) => `${method} /readyz HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`;
  const post = (headers: string, body: string) => begin("POST", headers) + body;
  const { length } = hidden;
  return {
    "length and chunks": post(`Content-Length: ${length}\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${hidden}`),
    "chunks and length": post(`Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`, `0\r\n\r\n${hidden}`),
    "two lengths": post(`Content-Length: 0\r\nContent-Length: ${length}\r\n`, hidden),
    "two lengths in one header": post(`Content-Length: 0, ${length}\r\n`, hidden),
    "a length with a sign": post(`Content-Length: +0\r\n`, hidden),
    "a length with a sign below zero": post(`Content-Length: -1\r\n`, hidden),
    "a length in hexadecimal": post(`Content-Length: 0x0\r\n`, hidden),
    "a length of nothing": post(`Content-Length: \r\n`, hidden),
    "a length with a space before its colon": post(`Content-Length : 0\r\n`, hidden),
    "a length with a tab before its colon": post(`Content-Length\t: 0\r\n`, hidden),
    "a length that is folded": post(`Content-Length:\r\n 0\r\n`, hidden),
    "a length beyond 64 bits": post(`Content-Length: 18446744073709551616\r\n`, hidden),
    "chunks with a space before the colon": post(`Transfer-Encoding : chunked\r\n`, `0\r\n\r\n${hidden}`),
    "chunks in another word": post(`Transfer-Encoding: xchunked\r\n`, `0\r\n\r\n${hidden}`),
    "chunks before another coding": post(`Transfer-Encoding: chunked, identity\r\n`, `0\r\n\r\n${hidden}`),
    "chunks twice": post(`Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${hidden}`),
    "chunks and another coding": post(`Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n`, `0\r\n\r\n${hidden}`),
    "chunks behind a vertical tab": post(`Transfer-Encoding: \x0bchunked\r\n`, `0\r\n\r\n${hidden}`),
    "chunks in quotes": post(`Transfer-Encoding: "chunked"\r\n`, `0\r\n\r\n${hidden}`),
    "chunks in a header that is folded": post(`Transfer-Encoding:\r\n chunked\r\n`, `0\r\n\r\n${hidden}`),
    "chunks behind a NUL": post(`Transfer-Encoding: \0chunked\r\n`, `0\r\n\r\n${hidden}`),
    "a chunk size with a sign": post(`Transfer-Encoding: chunked\r\n`, `+0\r\n\r\n${hidden}`),
    "a chunk size in 0x": post(`Transfer-Encoding: chunked\r\n`, `0x0\r\n\r\n${hidden}`),
    "a chunk size with a space": post(`Transfer-Encoding: chunked\r\n`, `0 \r\n\r\n${hidden}`),
    "a chunk that ends in LF": post(`Transfer-Encoding: chunked\r\n`, `1\nx\n0\n\n${hidden}`),
    "a chunk longer than its size": post(`Transfer-Encoding: chunked\r\n`, `1\r\nxyz\r\n0\r\n\r\n${hidden}`),
    "an extension of a chunk with LF": post(`Transfer-Encoding: chunked\r\n`, `0;a\nb\r\n\r\n${hidden}`),
    "a trailer that is a length": post(
      `Transfer-Encoding: chunked\r\n`,
      `${chunk("x")}0\r\nContent-Length: 0\r\n\r\n${hidden}`,
    ),
    "lines that end in LF": `POST /readyz HTTP/1.1\nHost: ${host}\nContent-Length: 0\n\n${hidden}`,
    "a line that ends in CR": `POST /readyz HTTP/1.1\r\nHost: ${host}\r\nX: a\rContent-Length: 0\r\n\r\n${hidden}`,
    "a header without a colon": `GET /readyz HTTP/1.1\r\nHost: ${host}\r\nnonsense\r\n\r\n${hidden}`,
    "a header that begins with a space": `GET /readyz HTTP/1.1\r\n Host: ${host}\r\n\r\n${hidden}`,
    "a header with a NUL": `GET /readyz HTTP/1.1\r\nHost: ${host}\r\nX: a\0b\r\n\r\n${hidden}`,
    "no host": "GET /readyz HTTP/1.1\r\nConnection: close\r\n\r\n",
    "a space within the address": `GET /readyz x HTTP/1.1\r\nHost: ${host}\r\n\r\n${hidden}`,
    "another version": `GET /readyz HTTP/3.7\r\nHost: ${host}\r\n\r\n${hidden}`,
    "the preface of HTTP/2": `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${hidden}`,
    "an upgrade to HTTP/2": `GET /readyz HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\nX`,
    "a header of 40 KB": `GET /readyz HTTP/1.1\r\nHost: ${host}\r\nX: ${"x".repeat(40_000)}\r\n\r\n${hidden}`,
    "three thousand headers": `GET /readyz HTTP/1.1\r\nHost: ${host}\r\n${Array.from({ length: 3000 }, (_, i) => `X${i}: y\r\n`).join("")}\r\n${hidden}`,
    "a request in the body, with its right length": post(`Content-Length: ${length}\r\n`, hidden),
  };
}

/** What a server sends back on one connection, until it ends it or is silent for `waitMs`. */
export function talk(port: number, text: string, waitMs = 1000): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from(text, "latin1")));
    const end = () => {
      socket.destroy();
      resolve(said);
    };
    socket.setTimeout(waitMs, end);
    socket.on("data", (part) => (said += part.toString("latin1")));
    socket.on("error", end);
    socket.on("close", end);
  });
}

/** The status of each answer on a connection. */
export const statusesOf = (said: string): number[] =>
  [...said.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
