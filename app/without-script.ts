import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { refusal } from "@/lib/auth/allow.ts";
import { actionOfPath } from "./page-actions.ts";

/** How Next.js begins the document of a page that did not render. */
const EMPTY = '<!DOCTYPE html><html id="__next_error__">';
const BODY = "<body>";
/** The document is passed on as it is where its body begins later than this. */
const MOST_BYTES = 65_536;

/**
 * Adds words to pages that did not render, for browsers without scripts. A page that throws `forbidden()` or `notFound()`, or fails,
 * is answered with the right status and an empty document, which a script fills in: without scripts the reader would see a blank
 * page. The words stand in `<noscript>`, so nothing changes for anybody else. @returns undoes it, for tests.
 */
export function speakWithoutScripts(): () => void {
  const { emit } = http.Server.prototype;
  http.Server.prototype.emit = function (this: http.Server, event: string | symbol, ...args: unknown[]) {
    if (event === "request") watch(args[0] as IncomingMessage, args[1] as ServerResponse);
    return Reflect.apply(emit, this, [event, ...args]);
  };
  return () => {
    http.Server.prototype.emit = emit;
  };
}

/** Waits for a status that has words. It is set before anything of the document is sent. */
function watch({ method, url = "/", headers }: IncomingMessage, answer: ServerResponse): void {
  if (method !== "GET" || headers.rsc !== undefined || url.startsWith("/api/")) return;
  let status = answer.statusCode;
  Object.defineProperty(answer, "statusCode", {
    configurable: true,
    enumerable: true,
    get: () => status,
    set: (value: number) => {
      const words = value === status || answer.headersSent ? null : wordsFor(value, url);
      status = value;
      if (words !== null) addWords(answer, words);
    },
  });
}

function addWords(answer: ServerResponse, words: string): void {
  // Those of Next.js, which compress: what is added here is added before.
  const { write, end } = answer;
  const document = new Opening(words);
  answer.write = ((chunk: unknown, ...rest: unknown[]) => {
    const out = document.take(chunk);
    return out === null ? true : Reflect.apply(write, answer, [out, ...rest]);
  }) as typeof write;
  answer.end = ((chunk?: unknown, ...rest: unknown[]) => {
    const last = typeof chunk === "function" || chunk === undefined || chunk === null ? "" : chunk;
    const out = document.take(last, true);
    if (out !== null && out !== "") Reflect.apply(write, answer, [out]);
    return Reflect.apply(end, answer, typeof chunk === "function" ? [chunk] : [undefined, ...rest]);
  }) as typeof end;
}

/** The beginning of a document, held until it is known where its body begins. */
class Opening {
  #held: Buffer | null = Buffer.alloc(0);
  readonly #words: string;
  constructor(words: string) {
    this.#words = words;
  }

  /** @returns what to send of it now; null: nothing yet. */
  take(chunk: unknown, isLast = false): unknown {
    if (this.#held === null) return chunk;
    this.#held = Buffer.concat([this.#held, typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array)]);
    const held = this.#held;
    const isEmptyDocument = held.subarray(0, EMPTY.length).toString("latin1") === EMPTY.slice(0, held.length);
    const at = isEmptyDocument ? held.indexOf(BODY) : -1;
    if (isEmptyDocument && at < 0 && !isLast && held.length < MOST_BYTES) return null;
    this.#held = null;
    if (at < 0) return held;
    const after = at + BODY.length;
    return Buffer.concat([held.subarray(0, after), Buffer.from(this.#words), held.subarray(after)]);
  }
}

/** What a page says that did not render; null for a status that has nothing to say. */
function wordsFor(status: number, url: string): string | null {
  const home = '<a href="/">overview</a>';
  switch (status) {
    case 403:
      return noscript("You may not open this page", [
        needOf(url),
        `<a href="/account">Your account</a> lists what you may do. Go to the ${home}.`,
      ]);
    case 404:
      return noscript("There is nothing here", [
        "The address names no page, or something that you may not see.",
        `Go to the ${home}.`,
      ]);
    case 500:
      return noscript("This page could not be loaded", [
        "Nothing was changed. Try again; if it stays, look in the server's log.",
        `Go to the ${home}.`,
      ]);
    default:
      return null;
  }
}

/** Why nobody without the right role opens an address, and who does. */
function needOf(url: string): string {
  const action = actionOfPath(url.replace(/[?#].*$/, ""));
  return action
    ? refusal({ kind: "person", id: "", roles: [], projects: [] }, action).message
    : "Ask an administrator for access.";
}

const noscript = (title: string, lines: readonly string[]): string =>
  `<noscript><style>body{font-family:system-ui,sans-serif;line-height:1.5;max-width:40rem;margin:4rem auto;padding:0 1rem}:root{color-scheme:light dark}</style><h1>${title}</h1>${lines.map((line) => `<p>${line}</p>`).join("")}</noscript>`;
