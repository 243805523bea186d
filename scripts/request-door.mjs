import http from "node:http";

/** Bodies above this are files: those of forms are smaller. */
const SMALL_BYTES = 64 * 1024;
/** What bodies of files may say that they have, all together: eight of the largest. They are kept in memory until they are whole. */
const MOST_HELD_BYTES = 8 * 17 * 1024 * 1024;
/** In which a whole request must arrive, in milliseconds: a slower client holds memory, and a place, for nothing. */
const ARRIVAL_MS = 120_000;

/** The header in which the product finds where a request comes from. Whatever a client sends in it is replaced here. */
const HEADER = "x-real-address";

/**
 * Stands before every request that this process serves. Notes the address of the client: a server that is reached directly takes it from
 * the connection; behind `proxies` proxies it is the one that the outermost of them added to X-Forwarded-For. What a client itself writes
 * there is never believed. Refuses a body of unknown length: Next.js hands on neither its header nor a count, and would read 17 MB of it.
 * Refuses methods that nothing here has – on TRACE Next.js fails, on others it answers without a word –; and files beyond what may be held in memory at once.
 */
export function guardRequests(proxies, mostHeldBytes = MOST_HELD_BYTES) {
  const emit = http.Server.prototype.emit;
  let heldBytes = 0;
  /** Whether a request with a file may be read now; if so, it counts until it is answered. */
  const hold = (request, answer) => {
    const bytes = Number(request.headers["content-length"] ?? 0);
    if (!(bytes > SMALL_BYTES)) return true;
    if (heldBytes + bytes > mostHeldBytes) return false;
    heldBytes += bytes;
    answer.once?.("close", () => {
      heldBytes -= bytes;
    });
    return true;
  };
  http.Server.prototype.emit = function (event, request, ...rest) {
    if (event === "listening") this.requestTimeout = ARRIVAL_MS;
    if (event === "request" || event === "upgrade") {
      const hops = [...String(request.headers["x-forwarded-for"] ?? "").split(","), request.socket?.remoteAddress ?? ""]
        .map((hop) => hop.trim())
        .filter(Boolean);
      request.headers[HEADER] = hops.at(-1 - proxies) ?? hops[0] ?? "";
      if (!METHODS.includes(request.method))
        return refuse(request, rest[0], 405, `The method ${request.method} is not supported.`, {
          allow: METHODS.join(", "),
        });
      if (request.headers["transfer-encoding"] !== undefined)
        return refuse(request, rest[0], 411, "Say how large the request is, with a Content-Length header.");
      if (event === "request" && !hold(request, rest[0]))
        return refuse(request, rest[0], 503, "Too many files are being sent now. Send it again in a minute.", {
          "retry-after": "60",
        });
    }
    return emit.call(this, event, request, ...rest);
  };
  /** For tests: as it was before. */
  return () => {
    http.Server.prototype.emit = emit;
  };
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Answers in words: programs that call the API get them in the shape of its errors (lib/api/respond.ts). */
function refuse(request, answer, status, message, more = {}) {
  const isApi = /^\/api(\/|\?|$)/.test(String(request.url));
  const text = `${isApi ? JSON.stringify({ error: { code: "invalid", message } }) : message}\n`;
  const type = isApi ? "application/json; charset=utf-8" : "text/plain";
  answer.writeHead?.(status, { ...more, "content-type": type, "content-length": text.length, connection: "close" });
  answer.end?.(text);
  return true;
}
