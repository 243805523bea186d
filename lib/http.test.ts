import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { excerpt, Http, HttpError, type HttpSettings, retryAfterMs } from "./http.ts";
import { silentLog } from "./log.ts";

const open: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function listen(server: Server, scheme = "http"): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function door(more: Partial<HttpSettings> = {}): Http {
  const quick = {
    // Far more than a busy machine needs: tests of limits set their own.
    timeoutMs: 60_000,
    retryCount: 3,
    retryWaitMs: 2,
    retryMaxWaitMs: 10,
    deadlineMs: 600_000,
    concurrency: 4,
  };
  const http = new Http({ ...quick, log: silentLog, random: () => 0.5, ...more });
  open.push(() => http.close());
  return http;
}

/** A server that gives its answers in order, the last one for ever. */
async function serve(...answers: RequestListener[]): Promise<{ url: string; count: () => number }> {
  let nth = 0;
  const url = await listen(
    createServer((request, response) => {
      (answers[Math.min(nth++, answers.length - 1)] as RequestListener)(request, response);
    }),
  );
  return { url, count: () => nth };
}

const reply =
  (status: number, body = "", headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };
const cut: RequestListener = (_, response) => {
  response.writeHead(200, { "content-length": "100" });
  response.write("{", () => response.destroy());
};
const never: RequestListener = () => undefined;
const failureOf = async (promise: Promise<unknown>): Promise<HttpError> => {
  const error = await promise.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(HttpError);
  return error as HttpError;
};

describe("Http", () => {
  it("sends method, headers and body, and gives status, headers and text", async () => {
    const { url } = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += String(chunk);
      });
      request.on("end", () => {
        const { method, headers } = request;
        response.writeHead(201, { "X-Peer": "yes" }).end(`${method} ${headers["x-tenant"]} ${headers.accept} ${body}`);
      });
    });
    const answer = await door().send({ method: "POST", url, headers: { "X-Tenant": "a" }, body: "hello" });
    expect(answer).toMatchObject({ status: 201, text: "POST a application/json hello" });
    expect(answer.headers["x-peer"]).toBe("yes");
  });

  it.each([
    ["429", reply(429)],
    ["500", reply(500)],
    ["502", reply(502, "<html>")],
    ["503", reply(503)],
    ["504", reply(504)],
    ["a cut connection", cut],
    ["a truncated body", reply(200, '{"a":')],
    ["an HTML page", reply(200, "<html></html>")],
  ])("tries again after %s", async (_, fault) => {
    const { url, count } = await serve(fault, fault, reply(200, '{"ok":true}'));
    const http = door();
    expect((await http.json({ method: "GET", url })).body).toEqual({ ok: true });
    expect([count(), http.sent]).toEqual([3, 3]);
  });

  it.each([301, 302, 400, 401, 403, 404, 405, 422])("does not repeat a %d", async (status) => {
    const { url, count } = await serve(reply(status, "because", { location: "/elsewhere" }));
    const error = await failureOf(door().send({ method: "GET", url: `${url}/a/b?secret=1` }));
    expect(error).toMatchObject({ code: "source_unavailable", failure: "status", status, text: "because" });
    expect(error.message).toBe(`${url}/a/b answered ${status}: because`);
    expect(count()).toBe(1);
  });

  it("gives accepted statuses as answers", async () => {
    const { url } = await serve(reply(404, "gone"));
    expect(await door().send({ method: "GET", url, accept: [404] })).toMatchObject({ status: 404, text: "gone" });
  });

  it("gives up after the retries", async () => {
    const { url, count } = await serve(reply(503));
    expect(await failureOf(door().send({ method: "GET", url }))).toMatchObject({ status: 503 });
    expect(count()).toBe(4);
  });

  it("waits as long as Retry-After says, but not beyond the deadline", async () => {
    const { url } = await serve(reply(429, "", { "retry-after": "1" }), reply(200, "ok"));
    const begun = performance.now();
    await door().send({ method: "GET", url });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(990);
    const patient = await serve(reply(429, "", { "retry-after": "3600" }));
    expect(await failureOf(door().send({ method: "GET", url: patient.url }))).toMatchObject({ status: 429 });
    expect(patient.count()).toBe(1);
  });

  it("times out each try, and ends at the deadline", async () => {
    const { url } = await serve(never);
    const impatient = door({ timeoutMs: 50, retryCount: 2 });
    const timed = await failureOf(impatient.send({ method: "GET", url }));
    expect(timed).toMatchObject({ failure: "timeout" });
    expect(timed.message).toMatch(/did not answer within 0\.1 s\.$/);
    expect(impatient.sent).toBe(3);
    // The deadline alone can end this one.
    const ended = await failureOf(door({ timeoutMs: 3_600_000, deadlineMs: 150 }).send({ method: "GET", url }));
    expect(ended).toMatchObject({
      failure: "timeout",
      message: expect.stringMatching(/did not answer within 0\.\d s\.$/),
    });
  });

  it("times out a body that stops", async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { "content-length": "10" }).write("{");
    });
    const error = await failureOf(door({ timeoutMs: 80, retryCount: 0 }).json({ method: "GET", url }));
    expect(error.failure).toBe("timeout");
  });

  it("keeps to its concurrency", async () => {
    let now = 0;
    let most = 0;
    const { url } = await serve((_, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.end("{}");
      }, 10);
    });
    const http = door({ concurrency: 3 });
    await Promise.all(Array.from({ length: 20 }, () => http.send({ method: "GET", url })));
    expect(most).toBe(3);
  });

  it("says what answered instead of JSON", async () => {
    const html = await serve(reply(200, "<!doctype html>\n<title>Sign in</title>"));
    const page = await failureOf(door({ retryCount: 0 }).json({ method: "GET", url: html.url }));
    expect(page).toMatchObject({ failure: "body", status: 200 });
    expect(page.message).toMatch(/HTML page instead of JSON .*<!doctype html> <title>/);
    const short = await serve(reply(200, '{"a":'));
    const message = (await failureOf(door({ retryCount: 0 }).json({ method: "GET", url: short.url }))).message;
    expect(message).toMatch(/not whole JSON/);
  });

  it.each(["127.0.0.1", "localhost"])("names a refused connection to %s", async (host) => {
    const url = await listen(createServer());
    const { port } = new URL(url);
    await (open.pop() as () => Promise<unknown>)();
    const error = await failureOf(door({ retryCount: 1 }).send({ method: "GET", url: `http://${host}:${port}/x` }));
    expect(error.failure).toBe("network");
    expect(error.message).toMatch(/\/x could not be reached: .*ECONNREFUSED/);
  });

  it("never shows user info or query", async () => {
    const { url } = await serve(reply(404));
    const secret = url.replace("//", "//ada:pw@");
    expect((await failureOf(door().send({ method: "GET", url: `${secret}/x?token=1` }))).message).toMatch(
      /^http:\/\/127[^?]*\/x answered/,
    );
  });
});

describe("TLS", () => {
  const openssl = (folder: string, ...args: string[]) =>
    execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const CA = `[ca]
default_ca=own
[own]
database=index.txt
serial=serial
new_certs_dir=.
default_md=sha256
policy=any
copy_extensions=copy
[any]
commonName=supplied
`;
  /** A certificate that signs itself: of this address and of these years, unless said otherwise. */
  function certificate({ of = "IP:127.0.0.1", from = "20200101000000Z", until = "20990101000000Z" } = {}) {
    const folder = mkdtempSync(join(tmpdir(), "ledger-tls-"));
    for (const [name, text] of Object.entries({ "ca.cnf": CA, "index.txt": "", serial: "01\n" }))
      writeFileSync(join(folder, name), text);
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const names = ["-subj", `/CN=${of.replace(/^\w+:/, "")}`, "-addext", `subjectAltName=${of}`];
    openssl(folder, "req", "-new", ...kind, "-keyout", "key.pem", "-out", "request.pem", ...names);
    const dates = ["-startdate", from, "-enddate", until, "-notext"];
    const files = ["-keyfile", "key.pem", "-in", "request.pem", "-out", "cert.pem"];
    openssl(folder, "ca", "-batch", "-selfsign", "-config", "ca.cnf", ...files, ...dates);
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(join(folder, name), "utf8"));
    rmSync(folder, { recursive: true });
    return { key: key ?? "", cert: cert ?? "" };
  }

  it("refuses an unknown authority at once, and trusts the one given", async () => {
    const pair = certificate();
    const url = await listen(createTlsServer(pair, reply(200, "safe")), "https");
    const http = door();
    const error = await failureOf(http.send({ method: "GET", url }));
    expect(error.message).toMatch(/self-signed certificate/);
    expect(http.sent).toBe(1);
    expect((await door({ tls: { ca: pair.cert } }).send({ method: "GET", url })).text).toBe("safe");
  });

  it.each([
    ["of another host", { of: "DNS:runai.example" }, /altnames/],
    ["of another address", { of: "IP:127.0.0.2" }, /altnames/],
    ["that has expired", { until: "20200201000000Z" }, /certificate has expired/],
    ["that does not hold yet", { from: "20980101000000Z" }, /certificate is not yet valid/],
  ])("sends nothing to a server with a certificate %s, although its authority is trusted", async (_, given, words) => {
    const pair = certificate(given);
    const asked: string[] = [];
    const server = createTlsServer(pair, (request, response) => {
      asked.push(String(request.headers.authorization));
      response.end("evil");
    });
    const url = await listen(server, "https");
    const http = door({ tls: { ca: pair.cert } });
    const headers = { authorization: "Bearer a-token-of-the-source" };
    const error = await failureOf(http.send({ method: "GET", url, headers }));
    expect(error.message).toMatch(words);
    expect([asked, http.sent]).toEqual([[], 1]);
  });

  /** A server that does not finish the handshake. */
  const broken = (answer: Buffer | null) =>
    new Promise<{ url: string; got: () => string }>((resolve) => {
      let got = "";
      const server = createTcpServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", (part) => {
          got += part.toString("latin1");
          if (answer) socket.write(answer);
          socket.end();
        });
      });
      open.push(() => new Promise((closed) => server.close(closed)));
      server.listen(0, "127.0.0.1", () =>
        resolve({ url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, got: () => got }),
      );
    });
  it.each([
    ["ends without a word", null],
    ["breaks off in the middle of its hello", Buffer.from("16030300310200002d0303", "hex")],
    ["answers in plain HTTP", Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")],
    ["answers nonsense", Buffer.alloc(200, 0x41)],
    ["speaks TLS 1.0 alone", Buffer.from("15030100020246", "hex")],
  ])("fails in words where the server %s, and shows it no secret", async (_, answer) => {
    const { url, got } = await broken(answer);
    const http = door({ retryCount: 1 });
    const headers = { authorization: "Bearer a-token-of-the-source" };
    const error = await failureOf(http.send({ method: "GET", url: `${url}/x?secret=in-the-address`, headers }));
    expect(error.message).toMatch(/^https:\/\/127[^?]*\/x /);
    expect(error.message).not.toMatch(/in-the-address|a-token/);
    expect(got()).not.toMatch(/in-the-address|a-token/);
    expect(got().length).toBeGreaterThan(0);
  });
});

describe("retryAfterMs", () => {
  it.each([
    [undefined, null],
    ["", null],
    ["120", 120_000],
    [" 0 ", 0],
    ["Thu, 01 Jan 2026 00:00:10 GMT", 10_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["soon", null],
  ])("%j is %j", (header, ms) => {
    expect(retryAfterMs(header, Date.UTC(2026, 0, 1))).toBe(ms);
  });

  it("is no time by a date where nobody says what time it is there", () => {
    expect(retryAfterMs("Thu, 01 Jan 2026 00:00:10 GMT", null)).toBe(null);
    expect(retryAfterMs("120", null)).toBe(120_000);
  });
});

it("shows the start of a body on one line", () => {
  expect(excerpt("  a\n\n b ", 3)).toBe("a b");
  expect(excerpt("x".repeat(500))).toHaveLength(200);
});

describe("bodies that are encoded, asked for or not", () => {
  const body = JSON.stringify({ ok: true, text: "ä".repeat(400) });
  const encoded = (encoding: string, bytes: Uint8Array): Promise<string> =>
    listen(createServer((_, answer) => answer.writeHead(200, { "content-encoding": encoding }).end(bytes)));
  it.each<[string, (text: string) => Uint8Array]>([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
    ["identity", (text) => Buffer.from(text)],
    ["gzip, br", (text) => brotliCompressSync(gzipSync(text))],
  ])("%s is decoded", async (encoding, encode) => {
    const url = await encoded(encoding, encode(body));
    expect((await door().json({ method: "GET", url })).body).toEqual(JSON.parse(body));
  });

  it("one that is cut, or of an unknown encoding, is a failure without raw bytes in its message", async () => {
    for (const [encoding, bytes] of [
      ["gzip", gzipSync(body).subarray(0, 40)],
      ["exi", Buffer.from(body)],
    ] as const) {
      const url = await encoded(encoding, bytes);
      const failure = door({ retryCount: 0 }).json({ method: "GET", url });
      await expect(failure).rejects.toThrow(new RegExp(`with a body that is not whole ${encoding}\\.$`));
    }
  });
});

describe("an answer without end", () => {
  const endless: RequestListener = (_, response) => {
    response.writeHead(200, {});
    const part = Buffer.alloc(1024 * 1024, "x");
    const more = () => {
      while (!response.destroyed && response.write(part));
      if (!response.destroyed) response.once("drain", more);
    };
    more();
  };
  it.each([
    ["as it is", endless],
    [
      "packed",
      reply(200, gzipSync(Buffer.alloc(80 * 1024 * 1024)) as unknown as string, { "content-encoding": "gzip" }),
    ],
  ])("is read as far as 64 MiB, %s", async (_, listener) => {
    const { url } = await serve(listener);
    const http = door({ retryCount: 0 });
    await expect(http.json({ method: "GET", url })).rejects.toThrow(/answered 200 with more than 64 MiB/);
  });
});

it("JSON is read without U+0000, and with a backslash before such letters", async () => {
  const body = String.raw`{"name":"a\u0000b","\u0000\u0000key":"c\\u0000d","e":"\\\u0000f"}`;
  const { url } = await serve(reply(200, body));
  const { body: read } = await door().json({ method: "GET", url });
  expect(read).toEqual({ name: "ab", key: String.raw`c\u0000d`, e: String.raw`\f` });
});
