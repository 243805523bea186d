import { readFileSync } from "node:fs";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { needOfPath } from "./page-needs.ts";
import { SIGN_IN_OFF } from "./sign-in-off.ts";

/** How Next.js begins the document of a page that did not render. */
const EMPTY = '<!DOCTYPE html><html id="__next_error__">';
const BODY = "<body>";
/** The document is passed on as it is where its body begins later than this. */
const MOST_BYTES = 65_536;

/**
 * Adds words to pages that did not render, for browsers without scripts. A page that throws `forbidden()` or `notFound()`, or fails,
 * is answered with the right status and an empty document, which a script fills in: without scripts the reader would see a blank
 * page. The words stand in `<noscript>`, so nothing changes for anybody else. @param off nobody signs in (`AUTH=off`), which every page
 * says. @param font the address of the product's font, as `fontOf` finds it. @returns undoes it, for tests.
 */
export function speakWithoutScripts(off: boolean, font: string | null = null): () => void {
  const { emit } = http.Server.prototype;
  http.Server.prototype.emit = function (this: http.Server, event: string | symbol, ...args: unknown[]) {
    if (event === "request") watch(args[0] as IncomingMessage, args[1] as ServerResponse, { off, font });
    return Reflect.apply(emit, this, [event, ...args]);
  };
  return () => {
    http.Server.prototype.emit = emit;
  };
}

/** Waits for a status that has words. It is set before anything of the document is sent. */
function watch(
  { method, url = "/", headers }: IncomingMessage,
  answer: ServerResponse,
  shown: Pick<Shown, "off" | "font">,
): void {
  if (method !== "GET" || headers.rsc !== undefined || url.startsWith("/api/")) return;
  let status = answer.statusCode;
  Object.defineProperty(answer, "statusCode", {
    configurable: true,
    enumerable: true,
    get: () => status,
    set: (value: number) => {
      const words = value === status || answer.headersSent ? null : wordsFor(value, url);
      const theme = /(?:^|;\s*)theme=(light|dark)\b/.exec(headers.cookie ?? "")?.[1];
      status = value;
      if (words !== null) addWords(answer, documentOf(words, { ...shown, theme }));
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

/** A title and the sentences under it, as HTML. */
type Words = readonly [title: string, ...lines: readonly string[]];

/** What a page says that did not render; null for a status that has nothing to say. */
function wordsFor(status: number, url: string): Words | null {
  const home = '<a href="/">overview</a>';
  switch (status) {
    case 403:
      return [
        "You may not open this page",
        needOfPath(url.replace(/[?#].*$/, "")),
        `<a href="/account">Your account</a> lists what you may do. Go to the ${home}.`,
      ];
    case 404:
      return [
        "There is nothing here",
        "The address names no page, or something that you may not see.",
        `Go to the ${home}.`,
      ];
    case 500:
      return [
        "This page could not be loaded",
        "Nothing was changed. Try again; if it stays, look in the server's log.",
        `Go to the ${home}.`,
      ];
    default:
      return null;
  }
}

/** The colours of app/globals.css: the document that Next.js sends has no style sheet. */
const STYLE = `body{margin:0;background:light-dark(#fff,#0f1113);color:light-dark(#414a53,#b9c1c9);font:.875rem/1.5 Inter,ui-sans-serif,system-ui,sans-serif}
header,main{max-width:65ch;margin:auto;padding:.75rem 1rem}header{max-width:none;border-bottom:1px solid light-dark(#e4e7e9,#272c31)}
header a{color:light-dark(#14181c,#edf0f2);font-weight:600;text-decoration:none}main{padding-block:2rem}p{margin:.5rem 0}
h1{margin:0;color:light-dark(#14181c,#edf0f2);font-size:1.25rem;line-height:1.4}main a{color:light-dark(#0b6b5d,#4fd1b5)}
aside{padding:.25rem 1rem;background:light-dark(#f1f3f4,#1b1f23);font-size:.6875rem;text-align:center}`;

/** How the words are shown. */
interface Shown {
  /** Nobody signs in. */
  readonly off: boolean;
  readonly font: string | null;
  readonly theme: string | undefined;
}

/** The address of the font that the build made, which has a name of its own in each; null before there is one. @param build its folder. */
export function fontOf(build = ".next"): string | null {
  try {
    const manifest = JSON.parse(readFileSync(`${build}/server/next-font-manifest.json`, "utf8")) as {
      readonly app: Readonly<Record<string, readonly string[]>>;
    };
    const file = Object.values(manifest.app).flat()[0];
    return file && /^[\w./-]+\.woff2$/.test(file) ? `/_next/${file}` : null;
  } catch {
    return null;
  }
}

function documentOf([title, ...lines]: Words, { off, font, theme }: Shown): string {
  const face = font ? `@font-face{font-family:Inter;src:url(${font}) format("woff2");font-weight:100 900}` : "";
  const scheme = `:root{color-scheme:${theme ?? "light dark"}}`;
  const aside = off ? `<aside>${SIGN_IN_OFF}</aside>` : "";
  const text = `<main><h1>${title}</h1>${lines.map((line) => `<p>${line}</p>`).join("")}</main>`;
  return `<noscript><style>${face}${scheme}${STYLE}</style>${aside}<header><a href="/">GPU Ledger</a></header>${text}</noscript>`;
}
