import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { syncLive } from "@/lib/jobs/index.ts";
import { testLedger } from "@/lib/jobs/testing.ts";
import { some, tally } from "./tally.ts";

const SECRET = "the-secret-of-the-application";
const TOKEN = `eyJ${"a".repeat(60)}`;
const open: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Evil = (answer: ServerResponse, echo: string) => void;
const body =
  (
    status: number,
    text: string | Buffer,
    headers: Record<string, string> = { "content-type": "application/json" },
  ): Evil =>
  (answer) =>
    void answer.writeHead(status, headers).end(text);
const endless: Evil = (answer) => {
  answer.writeHead(200, { "content-type": "application/json" });
  const more = () => {
    while (!answer.destroyed && answer.write(" ".repeat(1 << 20)));
  };
  answer.on("drain", more);
  more();
};

const ANSWERS: Readonly<Record<string, Evil>> = {
  "an HTML page": body(200, "<!doctype html><html><body>Sign in</body></html>", { "content-type": "text/html" }),
  "an HTML page that says it is JSON": body(200, "<html>"),
  nothing: body(200, ""),
  "204": body(204, ""),
  "half of JSON": body(200, '{"workloads":[{"id":'),
  null: body(200, "null"),
  "a number": body(200, "12"),
  "a list": body(200, "[]"),
  "a list of lists": body(200, "[".repeat(100_000) + "]".repeat(100_000)),
  "wrong types": body(
    200,
    '{"workloads":{"id":1},"clusters":"x","nodes":[null,1,"x",{}],"data":{"result":[{"metric":1,"values":"x"}]},"status":"success"}',
  ),
  prototypes: body(200, '{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}},"workloads":[{"__proto__":1}]}'),
  "names of NUL and surrogates": body(200, '{"clusters":[{"uuid":"a\\u0000","name":"\\ud800"}],"workloads":[]}'),
  "gzip that breaks off": body(200, gzipSync('{"a":1}'.repeat(1000)).subarray(0, 40), { "content-encoding": "gzip" }),
  "a body that is not gzip": body(200, "{}", { "content-encoding": "gzip" }),
  "an encoding that nobody knows": body(200, "{}", { "content-encoding": "zip" }),
  "a gzip bomb": body(200, gzipSync(Buffer.alloc(300_000_000)), { "content-encoding": "gzip" }),
  "a brotli bomb": body(200, brotliCompressSync(Buffer.alloc(100_000_000)), { "content-encoding": "br" }),
  "an answer without an end": endless,
  "a redirect to itself": (answer) => void answer.writeHead(302, { location: "/" }).end(),
  "a redirect elsewhere": (answer) => void answer.writeHead(307, { location: "http://evil.example/" }).end(),
  "400 that repeats the request": (answer, echo) => body(400, echo, { "content-type": "text/plain" })(answer, echo),
  "401 that repeats the request": (answer, echo) => body(401, echo, { "content-type": "text/plain" })(answer, echo),
  "500 that repeats the request": (answer, echo) => body(500, echo, { "content-type": "text/plain" })(answer, echo),
  "200 that repeats the request": (answer, echo) => body(200, echo, { "content-type": "text/plain" })(answer, echo),
  "control characters": body(500, "\u001b[2J\u001b]0;x\u0007\u0000", { "content-type": "text/plain" }),
  "429 for a day": body(429, "{}", { "retry-after": "86400" }),
  "429 for ever": body(429, "{}", { "retry-after": "9".repeat(300) }),
  "a date that cannot be read": body(200, "{}", { date: "the day after tomorrow" }),
  "a connection that ends": (answer) => void answer.destroy(),
  "no answer": () => undefined,
  "half an answer": (answer) => void answer.writeHead(200, { "content-length": "1000" }).write("{"),
};

/** Which requests of the sync are answered so; the others are refused. */
const PLACES: Readonly<Record<string, RegExp>> = {
  "the token": /token/,
  "everything else": /^(?!.*token)/,
  everything: /./,
};

it("no answer of a source stops a sync, books anything, or shows a secret", async () => {
  const cases = some(
    Object.keys(PLACES).flatMap((place) => Object.keys(ANSWERS).map((what) => [place, what] as const)),
  );
  for (const [place, what] of cases) {
    const handler: RequestListener = async (request, answer) => {
      let sent = `${request.method} ${request.url}\n${JSON.stringify(request.headers)}\n`;
      for await (const part of request) sent += String(part);
      if (PLACES[place]?.test(request.url ?? "")) return ANSWERS[what]?.(answer, sent);
      const token = JSON.stringify({ accessToken: TOKEN, expiresIn: 3600, tokenType: "bearer" });
      return body(200, /token/.test(request.url ?? "") ? token : "{}")(answer, sent);
    };
    const server = createServer(handler);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { appId: "ledger", appSecret: SECRET };
    const limits = { HTTP_TIMEOUT: "1s", HTTP_DEADLINE: "2s", HTTP_RETRY_COUNT: "1" };
    const now = () => 1_793_469_600;
    const { ledger, store } = await testLedger({ runaiUrl: url, prometheusUrl: url, credentials }, now, limits);
    open.push(
      () => store.drop(),
      () => ledger.sources?.close(),
    );
    const summary = await syncLive(ledger);
    const found: Record<string, unknown> = { place, what, status: summary.status };
    const n = (table: string) => store.db.find<{ n: number }>(sql`select count(*) as n from ${sql.raw(table)}`);
    for (const table of ["usage", "capacity", "chunks"]) found[table] = (await n(table))?.n;
    const kept = JSON.stringify([
      summary,
      await store.db.all(sql`select * from sync_runs`),
      await store.db.all(sql`select * from gaps`),
    ]);
    found.secret = kept.includes(SECRET) || kept.includes(TOKEN);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    found.controls = /[\u0000-\u0008\u001b]/.test(
      JSON.parse(kept)
        .flat()
        .map((row: { error?: string }) => row.error ?? "")
        .join(""),
    );
    const right = {
      status: expect.stringMatching(/failed|partial|ok/),
      usage: 0,
      capacity: 0,
      chunks: 0,
      secret: false,
      controls: false,
    };
    expect(found).toEqual({ place, what, ...right });
    for (const close of open.splice(0).reverse()) await close();
  }
  tally("answers of an evil source", cases.length);
});
