import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";

const { guardRequests } = (await import("./request-door.mjs" as string)) as { guardRequests(n: number): () => void };
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** What a server behind some proxies notes as the address of a request. */
async function noted(proxies: number, headers: Record<string, string>, body?: string, path = "/"): Promise<string> {
  open.push(guardRequests(proxies));
  const server = createServer((asked, answer) => answer.end(String(asked.headers["x-real-address"])));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, host: "127.0.0.1", method: body === "TRACE" ? body : body ? "POST" : "GET", headers, path },
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
    sent.end(body === "TRACE" ? undefined : body);
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

it("refuses TRACE, on which Next.js fails", async () => {
  expect(await noted(0, {}, "TRACE")).toMatch(/^405 text\/plain GET, HEAD, .* The method TRACE is not supported\.$/);
});
