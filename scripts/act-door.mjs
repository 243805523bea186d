import { AsyncLocalStorage } from "node:async_hooks";
import http from "node:http";

/** The acts that run: each request of one, and whether it came as far as the product (app/ctx.ts calls `reached`). */
const running = new AsyncLocalStorage();
const TEXT = "This request could not be read. Load the page again, then try again.\n";
const OLD = "This page was made by another version of the product. Load it again, then try again.\n";
/** Of Next.js, for an act that this version does not have: forms without scripts show them to a person. */
const UNKNOWN = new Set([400, 404, 409]);

const STYLE =
  ":root{color-scheme:light dark}body{max-width:65ch;margin:auto;padding:2rem 1rem;font:.875rem/1.5 Inter,ui-sans-serif,system-ui,sans-serif}";
/** For a browser that sent a form without a script. */
const pageOf = (text) =>
  `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Load the page again · GPU Ledger</title><style>${STYLE}</style></head><body><h1>Nothing was changed</h1><p>${text.trim()}</p><p><a href="/">Overview</a></p></body></html>\n`;

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
    const { headers } = request;
    const byForm = headers["next-action"] === undefined && /text\/html/.test(headers.accept ?? "");
    const act = { reached: false, why: "", byForm };
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

/** Replaces an answer of 500 by 400, if the act was not reached; and what Next.js says to a form of an act that it does not know. */
function withOwnRefusal(answer, act, log) {
  const { writeHead, write, end } = answer;
  const needsWords = (status) => !act.reached && (status === 500 || (act.byForm && UNKNOWN.has(status)));
  let body;
  answer.writeHead = function (status, ...rest) {
    if (!needsWords(status)) return writeHead.call(this, status, ...rest);
    for (const name of this.getHeaderNames())
      if (/^(content-(type|length|encoding|disposition)$|transfer-|x-nextjs|etag)/i.test(name)) this.removeHeader(name);
    if (status === 500)
      log(
        `A request to an act could not be read: ${act.why.replace(/\s+/g, " ").slice(0, 200) || "malformed arguments"}`,
      );
    const text = status === 500 ? TEXT : OLD;
    body = act.byForm ? pageOf(text) : text;
    return writeHead.call(this, status === 500 ? 400 : status, {
      "content-type": `text/${act.byForm ? "html" : "plain"}; charset=utf-8`,
      "content-length": Buffer.byteLength(body),
    });
  };
  answer.write = function (...given) {
    if (!this.headersSent && needsWords(this.statusCode)) this.writeHead(this.statusCode);
    return body !== undefined ? true : write.apply(this, given);
  };
  answer.end = function (...given) {
    if (!this.headersSent && needsWords(this.statusCode)) this.writeHead(this.statusCode);
    return body !== undefined ? end.call(this, body) : end.apply(this, given);
  };
}
