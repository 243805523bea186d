import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { STATUS } from "@/lib/api/respond.ts";
import { MOST_BYTES, MOST_OPEN_BYTES } from "@/lib/request-guard.ts";
import { ambiguous, HIDDEN, statusesOf, talk } from "./attacks/raw-requests.ts";

const { guardRequests, ...limits } = (await import("./request-door.mjs" as string)) as {
  guardRequests(proxies: number, options?: { signIn?: boolean; mostHeldBytes?: number }): () => void;
  MOST_BYTES: number;
  MOST_OPEN_BYTES: number;
};
const open: (() => void)[] = [];
afterEach(() => {
  // The last first: each door stands in the one before it.
  for (const close of open.splice(0).reverse()) close();
});

const NO_BODY: ReadonlySet<string | undefined> = new Set(["TRACE", "PROPFIND"]);

/** What a server behind some proxies notes as the address of a request. */
async function noted(proxies: number, headers: Record<string, string>, body?: string, path = "/"): Promise<string> {
  open.push(guardRequests(proxies));
  const server = createServer((asked, answer) => answer.end(String(asked.headers["x-real-address"])));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, host: "127.0.0.1", method: NO_BODY.has(body) ? body : body ? "POST" : "GET", headers, path },
      async (answer) => {
        let text = "";
        for await (const part of answer) text += part;
        const { statusCode, headers: given } = answer;
        resolve(
          statusCode === 200 ? text : `${statusCode} ${given["content-type"]} ${given.allow ?? ""} ${text}`.trim(),
        );
      },
    );
    sent.on("error", reject);
    sent.end(NO_BODY.has(body) ? undefined : body);
  });
}

describe("the address of a client", () => {
  const forged = { "x-real-address": "203.0.113.1", "x-real-ip": "203.0.113.2", forwarded: "for=203.0.113.3" };
  it.each([
    [
      "is that of the connection, whatever the client writes",
      0,
      { ...forged, "x-forwarded-for": "203.0.113.4" },
      "127.0.0.1",
    ],
    ["is the one that our proxy saw", 1, { ...forged, "x-forwarded-for": "198.51.100.7" }, "198.51.100.7"],
    ["is not what the client wrote before it", 1, { "x-forwarded-for": "203.0.113.4, 198.51.100.7" }, "198.51.100.7"],
    [
      "is the one that the outer of two proxies saw",
      2,
      { "x-forwarded-for": "203.0.113.4, 198.51.100.7, 10.0.0.2" },
      "198.51.100.7",
    ],
    ["is that of the connection without any header", 1, {}, "127.0.0.1"],
    ["is the same for every connection of a client", 1, { "x-forwarded-for": "198.51.100.7:4711" }, "198.51.100.7"],
    ["has no brackets", 1, { "x-forwarded-for": "[2001:db8::7]" }, "2001:db8::7"],
    ["has neither brackets nor a port", 1, { "x-forwarded-for": "[2001:db8::7]:4711" }, "2001:db8::7"],
    ["is whole where it is IPv6 without brackets", 1, { "x-forwarded-for": "2001:db8::7:4711" }, "2001:db8::7:4711"],
    ["is whatever our proxy wrote", 1, { "x-forwarded-for": "unknown" }, "unknown"],
  ] as const)("%s", async (_, proxies, headers, address) => {
    expect(await noted(proxies, headers)).toBe(address);
  });
});

it("refuses a body that does not say how large it is, and takes one that does", async () => {
  const chunked = { "transfer-encoding": "chunked" };
  expect(await noted(0, chunked, "body")).toMatch(/^411 text\/plain\s+Say how large the request is/);
  expect(await noted(0, chunked, "body", "/api/v1/budgets")).toMatch(
    /^411 application\/json; charset=utf-8\s+\{"error":\{"code":"invalid","message":"Say how large .*\."\}\}$/,
  );
  expect(await noted(0, { "content-length": "4" }, "body")).toBe("127.0.0.1");
});

it.each(["TRACE", "PROPFIND"])("refuses %s, which nothing here has, in words", async (method) => {
  expect(await noted(0, {}, method)).toMatch(
    new RegExp(`^405 text/plain GET, HEAD, .* The method ${method} is not supported\\.$`),
  );
  expect(await noted(0, {}, method, "/api/v1/budgets")).toContain('{"error":{"code":"invalid","message":"The method');
});

describe("a body that is too large is refused when its first byte is there", () => {
  /** Says how large a body is, sends one byte of it, and waits. */
  async function refusal(bytes: number, headers: Record<string, string> = {}, signIn = true, path = "/costs") {
    open.push(guardRequests(0, { signIn }));
    let reached = false;
    const server = createServer((asked, answer) => {
      reached = true;
      asked.resume();
      answer.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const sending = {
        port,
        host: "127.0.0.1",
        path,
        method: "POST",
        headers: { ...headers, "content-length": bytes },
      };
      const sent = request(sending, async (answer) => {
        let text = "";
        for await (const part of answer) text += part;
        resolve([answer.statusCode, reached, text.trim()]);
      });
      sent.on("error", reject);
      sent.write("a");
    });
  }
  const OPEN = limits.MOST_OPEN_BYTES;

  it("has the limits of the product", () => {
    expect(limits).toEqual({ MOST_BYTES, MOST_OPEN_BYTES });
  });

  it("of anybody who carries neither a cookie nor a token", async () => {
    expect(await refusal(OPEN + 1)).toEqual([401, false, expect.stringMatching(/^You are signed out/)]);
  });
  it("of the API in the shape of its errors", async () => {
    const [, , text] = (await refusal(OPEN + 1, {}, true, "/api/v1/budgets")) as [number, boolean, string];
    expect(JSON.parse(text).error.code).toBe("unauthenticated");
  });
  it.each([
    ["a cookie", { cookie: "a=b" }, true],
    ["a token", { authorization: "Bearer gl_x" }, true],
    ["nothing, where nobody signs in", {}, false],
  ] as const)("but not of somebody with %s", async (_, headers, signIn) => {
    expect(await refusal(OPEN + 1, headers, signIn)).toEqual([200, true, ""]);
  });
  it("and who sends all of it still reads why", async () => {
    open.push(guardRequests(0));
    const server = createServer((_, answer) => answer.end("reached"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const body = "a".repeat(limits.MOST_BYTES + 1);
    for (let i = 0; i < 5; i++) {
      const answer = await fetch(`http://127.0.0.1:${port}/costs`, {
        method: "POST",
        body,
        headers: { cookie: "a=b" },
      });
      expect([answer.status, await answer.text()]).toEqual([413, expect.stringMatching(/larger than 17 MiB/)]);
    }
  });
  it("says the codes that the API says", async () => {
    for (const [bytes, headers] of [
      [OPEN + 1, {}],
      [limits.MOST_BYTES + 1, { authorization: "Bearer gl_x" }],
    ] as const) {
      const [status, , text] = (await refusal(bytes, headers, true, "/api/v1/budgets")) as [number, boolean, string];
      expect(STATUS[JSON.parse(text).error.code as keyof typeof STATUS]).toBe(status);
    }
  });
  it("of anybody at all above 17 MiB", async () => {
    const all = { cookie: "a=b" };
    expect(await refusal(limits.MOST_BYTES + 1, all)).toEqual([
      413,
      false,
      expect.stringMatching(/larger than 17 MiB/),
    ]);
  });
});

it("takes no more files at once than may be kept in memory; small forms and the next file go on", async () => {
  open.push(guardRequests(1, { signIn: false, mostHeldBytes: 1_000_000 }));
  const got: number[] = [];
  let begun = 0;
  const server = createServer(async (asked, answer) => {
    begun++;
    let bytes = 0;
    for await (const part of asked) bytes += (part as Buffer).length;
    got.push(bytes);
    answer.end("whole");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  expect(server.requestTimeout).toBe(120_000);
  const { port } = server.address() as AddressInfo;
  const begin = (bytes: number, from = "198.51.100.7") => {
    const headers = { "content-length": bytes, "x-forwarded-for": from };
    const sent = request({ port, host: "127.0.0.1", method: "POST", headers });
    const answered = new Promise<number>((resolve) => {
      sent.on("response", (answer) => resolve(answer.resume().statusCode ?? 0));
      sent.on("error", () => resolve(0));
    });
    sent.write("a");
    return { answered, whole: () => sent.end("b".repeat(bytes - 1)) };
  };
  const first = [begin(200_000), begin(200_000)];
  while (begun !== 2) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await begin(200_000).answered).toBe(503);
  // Another address has its own half.
  const other = begin(200_000, "198.51.100.8");
  other.whole();
  expect(await other.answered).toBe(200);
  const small = begin(60_000);
  small.whole();
  expect(await small.answered).toBe(200);
  for (const one of first) one.whole();
  expect(await Promise.all(first.map((one) => one.answered))).toEqual([200, 200]);
  const next = begin(400_000);
  next.whole();
  expect([await next.answered, got.sort((a, b) => a - b)]).toEqual([200, [60_000, 200_000, 200_000, 200_000, 400_000]]);
});

describe("requests that two servers could part differently", () => {
  const HELD: readonly string[] = ["an upgrade to HTTP/2", "a request in the body, with its right length"];
  it.each(Object.keys(ambiguous("")))("%s: nothing of its body is a request of its own", async (what) => {
    open.push(guardRequests(0));
    const seen: string[] = [];
    const server = createServer((request, answer) => {
      seen.push(`${request.method} ${request.url}`);
      request.on("data", () => undefined).on("end", () => answer.end("read"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(
      () => server.close(),
      () => server.closeAllConnections(),
    );
    const { port } = server.address() as AddressInfo;
    const said = await talk(port, ambiguous(`127.0.0.1:${port}`)[what] ?? "", 300);
    expect(seen.filter((request) => request.includes(HIDDEN))).toEqual([]);
    expect(said).not.toContain("read\r\nHTTP/1.1 200");
    // What one server and the next read alike is answered; of all else nothing reaches the application.
    if (HELD.includes(what)) expect(statusesOf(said)).toEqual([200]);
    else {
      expect(seen).toEqual([]);
      expect(statusesOf(said).filter((status) => status < 400 || status > 499)).toEqual([]);
    }
  });
});
