import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fontOf, speakWithoutScripts } from "./without-script.ts";

const HEAD = '<!DOCTYPE html><html id="__next_error__"><head><title>GPU Ledger</title></head>';
const EMPTY = `${HEAD}<body><div hidden=""></div></body></html>`;

/** What a server answers, in the parts in which it sends it. */
type Answering = (answer: ServerResponse) => void;
let answering: Answering = () => undefined;
const parts =
  (status: number, ...texts: string[]): Answering =>
  (answer) => {
    answer.statusCode = status;
    answer.setHeader("content-type", "text/html");
    for (const text of texts) answer.write(Buffer.from(text));
    answer.end();
  };

describe("a page that did not render", () => {
  let base: string;
  const undo = speakWithoutScripts(true, "/_next/static/media/inter.abc.woff2");
  const server = createServer((_, answer) => answering(answer));
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    undo();
    server.close();
  });

  const ask = async (path: string, how: Answering, headers: Record<string, string> = {}) => {
    answering = how;
    const answer = await fetch(`${base}${path}`, { headers });
    return { status: answer.status, text: await answer.text() };
  };
  /** The text of the answer without what stands in `<noscript>`, and that. */
  const taken = (text: string) => [
    text.replace(/<noscript>.*<\/noscript>/s, ""),
    /<noscript>.*<\/noscript>/s.exec(text)?.[0] ?? "",
  ];

  it.each([
    [
      "names the role that opens it",
      "/audit?page=2",
      403,
      /To read the audit log you need the role admin or finance\./,
    ],
    ["says whom to ask where no role alone opens it", "/help", 403, /Ask an administrator for access\./],
    [
      "says who sees a team",
      "/teams/7?from=2026-10-01",
      403,
      /manager or viewer of this team, or the role admin or finance/,
    ],
    [
      "says what a report needs",
      "/reports/usage-by-workload",
      403,
      /need the role admin, manager, engineer or viewer\./,
    ],
    ["says that sign-in is off", "/nothing", 404, /AUTH=off/],
    ["says that sign-in is off after a failure, too", "/", 500, /AUTH=off/],
    ["says that there is nothing", "/teams/99", 404, /There is nothing here/],
    ["says what to do after a failure", "/spend", 500, /Try again/],
  ])("%s, to browsers without scripts", async (_, path, status, words) => {
    const whole = await ask(path, parts(status, EMPTY));
    expect([whole.status, ...taken(whole.text)]).toEqual([status, EMPTY, expect.stringMatching(words)]);
    expect(whole.text.indexOf("<noscript>")).toBe(HEAD.length + "<body>".length);
    // However it comes in parts, the answer is the same.
    for (const at of [1, 20, HEAD.length + 3, EMPTY.length - 1])
      expect(await ask(path, parts(status, EMPTY.slice(0, at), EMPTY.slice(at)))).toEqual(whole);
    const ended = await ask(path, (answer) => {
      answer.statusCode = status;
      answer.end(EMPTY);
    });
    expect(ended).toEqual(whole);
  });

  it.each([
    ["a page that rendered", "/audit", 200, EMPTY],
    ["a page of its own words", "/audit", 404, '<!DOCTYPE html><html lang="en"><body>x</body></html>'],
    ["something short", "/audit", 403, "<"],
    ["nothing", "/audit", 404, ""],
    ["text", "/audit", 403, "A page of another site sent this request.\n"],
    ["an answer of the API", "/api/v1/none", 404, EMPTY],
    ["a document without a body", "/audit", 404, HEAD],
  ])("leaves %s as it is", async (_, path, status, text) => {
    expect(await ask(path, parts(status, text))).toEqual({ status, text });
  });

  it("is drawn in the colours of the product, in the theme that was chosen", async () => {
    const { text } = await ask("/x", parts(404, EMPTY), { cookie: "zone=UTC; theme=dark" });
    expect(text).toMatch(
      /<noscript><style>@font-face\{font-family:Inter;src:url\(\/_next\/static\/media\/inter\.abc\.woff2\)[^}]*\}:root\{color-scheme:dark\}body\{.*light-dark\(#fff,#0f1113\)/,
    );
    expect((await ask("/x", parts(404, EMPTY), { cookie: "theme=x;}" })).text).toContain("color-scheme:light dark}");
  });

  it("finds the font by the name that the build gave it, and none before there is a build, or for a name that is no file", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "font-"));
    expect(fontOf(folder)).toBeNull();
    mkdirSync(path.join(folder, "server"));
    const write = (name: string) =>
      writeFileSync(
        path.join(folder, "server/next-font-manifest.json"),
        JSON.stringify({ pages: {}, app: { "[project]/app/page": [name] } }),
      );
    write("static/media/inter-s.p.0g.woff2");
    expect(fontOf(folder)).toBe("/_next/static/media/inter-s.p.0g.woff2");
    write("x)}body{.woff2");
    expect(fontOf(folder)).toBeNull();
    rmSync(folder, { recursive: true });
  });

  it("leaves what the shell loads by script as it is", async () => {
    expect(await ask("/audit", parts(403, EMPTY), { rsc: "1" })).toEqual({ status: 403, text: EMPTY });
  });
});
