import { AsyncLocalStorage } from "node:async_hooks";
import http from "node:http";

/** The acts that run: each request of one, and whether it came as far as the product (app/ctx.ts calls `reached`). */
const running = new AsyncLocalStorage();
const TEXT = "This request could not be read. Load the page again, then try again.\n";

const isAct = ({ method, url, headers }) =>
  method === "POST" &&
  !url.startsWith("/api/") &&
  (headers["next-action"] !== undefined || /^multipart\/form-data/i.test(headers["content-type"] ?? ""));

/**
 * Next.js answers 500, and logs a stack, where the arguments of a server action cannot be decoded: a fault of the sender, and
 * anybody can fill a log with it. Here such a request gets 400 in words, and one line in the log. A failure after the act has begun stays
 * what it is.
 * @returns a function that undoes it, for tests.
 */
export function refuseMalformedActs({ log = (line) => console.warn(line) } = {}) {
  const { emit } = http.Server.prototype;
  const { error } = console;
  globalThis.gpuLedgerAct = {
    reached: () => {
      const act = running.getStore();
      if (act) act.reached = true;
    },
  };
  http.Server.prototype.emit = function (event, request, answer, ...rest) {
    if (event !== "request" || !isAct(request)) return emit.call(this, event, request, answer, ...rest);
    const act = { reached: false, why: "" };
    withOwnRefusal(answer, act, log);
    return running.run(act, () => emit.call(this, event, request, answer, ...rest));
  };
  console.error = (...said) => {
    const act = running.getStore();
    if (!act || act.reached) return error.apply(console, said);
    act.why ||= said.map((one) => (one instanceof Error ? one.message : "")).find(Boolean) ?? "";
  };
  return () => {
    http.Server.prototype.emit = emit;
    console.error = error;
    globalThis.gpuLedgerAct = undefined;
  };
}

/** Replaces an answer of 500 by 400, if the act was not reached. */
function withOwnRefusal(answer, act, log) {
  const { writeHead, write, end } = answer;
  let refused = false;
  answer.writeHead = function (status, ...rest) {
    refused = status === 500 && !act.reached;
    if (!refused) return writeHead.call(this, status, ...rest);
    for (const name of this.getHeaderNames())
      if (/^(content-|transfer-|x-nextjs|etag)/i.test(name)) this.removeHeader(name);
    log(
      `A request to an act could not be read: ${act.why.replace(/\s+/g, " ").slice(0, 200) || "malformed arguments"}`,
    );
    return writeHead.call(this, 400, { "content-type": "text/plain; charset=utf-8", "content-length": TEXT.length });
  };
  answer.write = function (...given) {
    if (!this.headersSent && this.statusCode === 500) this.writeHead(this.statusCode);
    return refused ? true : write.apply(this, given);
  };
  answer.end = function (...given) {
    if (!this.headersSent && this.statusCode === 500) this.writeHead(this.statusCode);
    return refused ? end.call(this, TEXT) : end.apply(this, given);
  };
}
