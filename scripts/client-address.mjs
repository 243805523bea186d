import http from "node:http";

/** The header in which the product finds where a request comes from. Whatever a client sends in it is replaced here. */
const HEADER = "x-real-address";

/**
 * Notes the address of the client on every request that this process serves. A server that is reached directly takes it from the
 * connection; behind `proxies` proxies it is the one that the outermost of them added to X-Forwarded-For. What a client itself writes there
 * is never believed.
 */
export function noteClientAddress(proxies) {
  const emit = http.Server.prototype.emit;
  http.Server.prototype.emit = function (event, request, ...rest) {
    if (event === "request" || event === "upgrade") {
      const hops = [...String(request.headers["x-forwarded-for"] ?? "").split(","), request.socket?.remoteAddress ?? ""]
        .map((hop) => hop.trim())
        .filter(Boolean);
      request.headers[HEADER] = hops.at(-1 - proxies) ?? hops[0] ?? "";
    }
    return emit.call(this, event, request, ...rest);
  };
}
