import http from "node:http";

/** The header in which the product finds where a request comes from. Whatever a client sends in it is replaced here. */
const HEADER = "x-real-address";

/**
 * Stands before every request that this process serves. Notes the address of the client: a server that is reached directly takes it from
 * the connection; behind `proxies` proxies it is the one that the outermost of them added to X-Forwarded-For. What a client itself writes
 * there is never believed. Refuses a body of unknown length: Next.js hands on neither its header nor a count, and would read 17 MB of it.
 */
export function guardRequests(proxies) {
  const emit = http.Server.prototype.emit;
  http.Server.prototype.emit = function (event, request, ...rest) {
    if (event === "request" || event === "upgrade") {
      const hops = [...String(request.headers["x-forwarded-for"] ?? "").split(","), request.socket?.remoteAddress ?? ""]
        .map((hop) => hop.trim())
        .filter(Boolean);
      request.headers[HEADER] = hops.at(-1 - proxies) ?? hops[0] ?? "";
      if (request.headers["transfer-encoding"] !== undefined) return refuse(rest[0]);
    }
    return emit.call(this, event, request, ...rest);
  };
  /** For tests: as it was before. */
  return () => {
    http.Server.prototype.emit = emit;
  };
}

function refuse(answer) {
  const text = "Say how large the request is, with a Content-Length header.\n";
  answer.writeHead?.(411, { "content-type": "text/plain", "content-length": text.length, connection: "close" });
  answer.end?.(text);
  return true;
}
