import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";

const { refuseMalformedActs } = (await import("./act-door.mjs" as string)) as {
  refuseMalformedActs(options: { log(line: string): void }): () => void;
};
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});
const act = globalThis as { gpuLedgerAct?: { reached(): void } };

/** A request to a server that fails as Next.js does: a logged stack, and 500 or another status. @param reached whether the act had begun. */
async function failed(path: string, headers: Record<string, string>, reached = false, method = "POST", status = 500) {
  const lines: string[] = [];
  const errors: unknown[] = [];
  const { error } = console;
  console.error = (...said) => void errors.push(...said);
  open.push(() => Object.assign(console, { error }), refuseMalformedActs({ log: (line) => lines.push(line) }));
  const server = createServer(async (request, answer) => {
    for await (const _ of request);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (reached) act.gpuLedgerAct?.reached();
    console.error("⨯", new SyntaxError("Unexpected token\n at line 1"));
    answer.statusCode = status;
    answer.setHeader("content-type", "text/x-component");
    answer.setHeader("content-security-policy", "default-src 'self'");
    answer.write("0:{}");
    answer.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers });
  expect(answer.headers.get("content-security-policy")).toBe("default-src 'self'");
  return { status: answer.status, text: await answer.text(), lines, stacks: errors.length > 0 };
}

it("a call of an act that cannot be decoded is answered 400 in words, with one line in the log", async () => {
  expect(await failed("/teams", { "next-action": "40ab" })).toEqual({
    status: 400,
    text: "This request could not be read. Load the page again, then try again.\n",
    lines: ["A request to an act could not be read: Unexpected token at line 1"],
    stacks: false,
  });
});

it.each([
  ["of an act that had begun", "/teams", { "next-action": "40ab" }, true, "POST"],
  ["of the API", "/api/v1/alerts", { "content-type": "multipart/form-data; boundary=x" }, false, "POST"],
  ["of a page", "/teams", {}, false, "GET"],
] as const)("a failure %s stays what it is", async (_, path, headers, reached, method) => {
  expect(await failed(path, headers, reached, method)).toEqual({ status: 500, text: "0:{}", lines: [], stacks: true });
});

const FORM = { "content-type": "multipart/form-data; boundary=x", accept: "text/html,*/*" };

it.each([
  [409, 409, /^<!DOCTYPE html>.*<h1>Nothing was changed<.*made by another version.*Load it again/s],
  [500, 400, /^<!DOCTYPE html>.*<h1>Nothing was changed<.*could not be read/s],
] as const)(
  "a form without a script is answered with a page that says to load it again: %d",
  async (given, status, page) => {
    const answer = await failed("/teams", FORM, false, "POST", given);
    expect(answer).toMatchObject({ status, text: expect.stringMatching(page) });
  },
);

it.each([
  ["of a script", { "next-action": "40ab", accept: "text/html" }, false],
  ["of an act that has begun", FORM, true],
] as const)("what is said %s of a conflict stays", async (_, headers, reached) => {
  expect((await failed("/teams", headers, reached, "POST", 409)).text).toBe("0:{}");
});
