import http from "node:http";

/** Bytes of any request, and of one that carries neither a cookie nor a token: as lib/request-guard.ts has them. */
export const MOST_BYTES = 17 * 1024 * 1024;
export const MOST_OPEN_BYTES = 16 * 1024;
/** Bodies above this are files: those of forms are smaller. */
const SMALL_BYTES = 64 * 1024;
/**
 * What bodies of files may say that they have, all together: eight of the largest, half of them from one address. They are kept in memory
 * until they are whole.
 */
const MOST_HELD_BYTES = 8 * MOST_BYTES;
/** In which a whole request must arrive, in milliseconds: a slower client holds memory, and a place, for nothing. */
const ARRIVAL_MS = 120_000;

/** For which the rest of a refused body is read and discarded, in milliseconds. */
const LINGER_MS = 10_000;

/** The header in which the product finds where a request comes from. Whatever a client sends in it is replaced here. */
const HEADER = "x-real-address";

/** The address of a hop. Some proxies write a port behind it, which is another one for each connection, and brackets around IPv6. */
const addressOf = (hop) =>
  hop
    .trim()
    .replace(/^\[([^\]]*)\](:\d+)?$/, "$1")
    .replace(/^(\d+(?:\.\d+){3}):\d+$/, "$1");

/**
 * Stands before every request that this process serves. Notes the address of the client: a server that is reached directly takes it from
 * the connection; behind `proxies` proxies it is the one that the outermost of them added to X-Forwarded-For. What a client itself writes
 * there is never believed. Refuses a body of unknown length: Next.js hands on neither its header nor a count, and would read 17 MB of it.
 * Refuses one that is too large before any of it is read, which Next.js only does afterwards.
 * Refuses methods that nothing here has – on TRACE Next.js fails, on others it answers without a word –; and files beyond what may be held in memory at once.
 */
export function guardRequests(proxies, { signIn = true, mostHeldBytes = MOST_HELD_BYTES } = {}) {
  const emit = http.Server.prototype.emit;
  let heldBytes = 0;
  const heldFrom = new Map();
  /** Whether a request with a file may be read now; if so, it counts until it is answered. */
  const hold = (request, answer) => {
    const bytes = sizeOf(request);
    if (!(bytes > SMALL_BYTES)) return true;
    const address = request.headers[HEADER];
    const own = heldFrom.get(address) ?? 0;
    if (heldBytes + bytes > mostHeldBytes || own + bytes > mostHeldBytes / 2) return false;
    heldBytes += bytes;
    heldFrom.set(address, own + bytes);
    answer.once?.("close", () => {
      heldBytes -= bytes;
      const left = (heldFrom.get(address) ?? 0) - bytes;
      if (left > 0) heldFrom.set(address, left);
      else heldFrom.delete(address);
    });
    return true;
  };
  http.Server.prototype.emit = function (event, request, ...rest) {
    if (event === "listening") this.requestTimeout = ARRIVAL_MS;
    if (event === "request" || event === "upgrade") {
      const hops = [...String(request.headers["x-forwarded-for"] ?? "").split(","), request.socket?.remoteAddress ?? ""]
        .map(addressOf)
        .filter(Boolean);
      request.headers[HEADER] = hops.at(-1 - proxies) ?? hops[0] ?? "";
      if (!METHODS.includes(request.method))
        return refuse(request, rest[0], 405, `The method ${request.method} is not supported.`, {
          allow: METHODS.join(", "),
        });
      if (request.headers["transfer-encoding"] !== undefined)
        return refuse(request, rest[0], 411, "Say how large the request is, with a Content-Length header.");
      const large = tooLarge(request, signIn);
      if (large) return refuse(request, rest[0], large.status, large.message);
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

const sizeOf = ({ headers }) => Number(headers["content-length"] ?? 0);

/** Why a body is not read at all; whether a cookie or a token that is there is worth anything is asked later. */
function tooLarge(request, signIn) {
  const bytes = sizeOf(request);
  if (bytes > MOST_BYTES)
    return { status: 413, message: "The body is larger than 17 MiB, which is more than any address takes." };
  const { cookie, authorization } = request.headers;
  if (signIn && bytes > MOST_OPEN_BYTES && !cookie && !authorization)
    return { status: 401, message: "You are signed out. Sign in again, then send it once more." };
  return null;
}

const CODES = { 401: "unauthenticated", 413: "too_large", 503: "busy" };

/** Answers in words: programs that call the API get them in the shape of its errors (lib/api/respond.ts). */
function refuse(request, answer, status, message, more = {}) {
  const isApi = /^\/api(\/|\?|$)/.test(String(request.url));
  const text = `${isApi ? JSON.stringify({ error: { code: CODES[status] ?? "invalid", message } }) : message}\n`;
  const type = isApi ? "application/json; charset=utf-8" : "text/plain";
  if (!answer.writeHead) return answer.end?.(text);
  answer.writeHead(status, { ...more, "content-type": type, "content-length": text.length, connection: "close" });
  answer.write(text);
  linger(request, () => answer.end());
  return true;
}

/**
 * Discards what still arrives of a refused body, then ends: a browser that is cut off while it sends shows no answer, but an error of the
 * network.
 */
function linger(request, end) {
  const timer = setTimeout(end, LINGER_MS);
  const ended = () => {
    clearTimeout(timer);
    end();
  };
  request.once("end", ended).once("close", ended).resume();
}
