import http from "node:http";

/** The header in which the product finds where a request comes from. Whatever a client sends in it is replaced here. */
const HEADER = "x-real-address";

/**
 * Stands before every request that this process serves. Notes the address of the client: a server that is reached directly takes it from
 * the connection; behind `proxies` proxies it is the one that the outermost of them added to X-Forwarded-For. What a client itself writes
 * there is never believed. Refuses a body of unknown length: Next.js hands on neither its header nor a count, and would read 17 MB of it.
 * Refuses TRACE, on which Next.js fails.
 */
export function guardRequests(proxies) {
  const emit = http.Server.prototype.emit;
  http.Server.prototype.emit = function (event, request, ...rest) {
    if (event === "request" || event === "upgrade") {
      const hops = [...String(request.headers["x-forwarded-for"] ?? "").split(","), request.socket?.remoteAddress ?? ""]
        .map((hop) => hop.trim())
        .filter(Boolean);
      request.headers[HEADER] = hops.at(-1 - proxies) ?? hops[0] ?? "";
      if (request.method === "TRACE")
        return refuse(request, rest[0], 405, "The method TRACE is not supported.", { allow: METHODS });
      if (request.headers["transfer-encoding"] !== undefined)
        return refuse(request, rest[0], 411, "Say how large the request is, with a Content-Length header.");
    }
    return emit.call(this, event, request, ...rest);
  };
  /** For tests: as it was before. */
  return () => {
    http.Server.prototype.emit = emit;
  };
}

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/** Answers in words: programs that call the API get them in the shape of its errors (lib/api/respond.ts). */
function refuse(request, answer, status, message, more = {}) {
  const isApi = String(request.url).startsWith("/api/");
  const text = `${isApi ? JSON.stringify({ error: { code: "invalid", message } }) : message}\n`;
  const type = isApi ? "application/json; charset=utf-8" : "text/plain";
  answer.writeHead?.(status, { ...more, "content-type": type, "content-length": text.length, connection: "close" });
  answer.end?.(text);
  return true;
}
