import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Attacked, seededLedger, startServer } from "./server.ts";
import { some, tally } from "./tally.ts";

interface Act {
  readonly filename: string;
  readonly exportedName: string;
}

let server: Attacked;
beforeAll(async () => {
  server = await startServer(await seededLedger());
});
afterAll(async () => {
  await server.close();
});

type Payload = readonly [what: string, type: string, body: string | Buffer];
const TEXT = "text/plain;charset=UTF-8";
const FORM = "multipart/form-data; boundary=x";
const DEEP = "[".repeat(20_000) + "]".repeat(20_000);

const TEXTS: Payload[] = [
  ...["", "{}", "[nul", "[null,null]", "[1,2,3]", '["x","y"]', '[{"a":{"b":1}},{"get":"x"}]', '[[["x"]],[1]]'],
  ...[
    '["$undefined","$undefined"]',
    '[null,"$K9"]',
    '[null,"$F1"]',
    '["$1:constructor:constructor"]',
    '[{"__proto__":{"x":1}}]',
  ],
  ...['["$n123","$D2020","$-Infinity"]', '["$Dxx"]', '["$0"]', '["$Q1","$W1","$i1"]', DEEP],
].map((body) => [body.slice(0, 40), TEXT, body]);

const OTHERS: Payload[] = [
  ["a form that breaks off", FORM, "--x\r\nContent-Disposition: form"],
  ["a form without a boundary", "multipart/form-data", "x"],
  ["an empty form", FORM, "--x--\r\n"],
  ["JSON", "application/json", "[null]"],
  ["a plain form", "application/x-www-form-urlencoded", "a=b"],
  ["a type that nobody knows", "foo/bar", "a=b"],
];

async function forms(): Promise<Payload[]> {
  const fields: Record<string, string | File>[] = [
    { "0": '[null,"$K1"]', _1_name: new File(["x"], "x\0y") },
    { "0": '[null,"$K1"]', _1_x: "1" },
    { "0": '["$K1","$K1"]', _1_id: "%00" },
    { "0": '[null,"$K1"]', _1___proto__: "1", _1_constructor: "1" },
    { "0": '["$Q1","$W1","$i1"]', "1": "[1]" },
    { "0": '["$B1"]', "1": new File(["x"], "y") },
    { "0": '["$1"]', "1": '["$1"]' },
    { "0": '["$@1"]', "1": "x" },
  ];
  return Promise.all(
    fields.map(async (one): Promise<Payload> => {
      const form = new FormData();
      // The first argument is read when it comes: what it names comes before it, as browsers send it.
      for (const [name, value] of Object.entries(one)) if (name !== "0") form.set(name, value);
      form.set("0", one["0"] ?? "");
      const packed = new Request("http://none", { method: "POST", body: form });
      return [JSON.stringify(one), packed.headers.get("content-type") ?? "", Buffer.from(await packed.arrayBuffer())];
    }),
  );
}

it("no call of any act is a failure of the server, nor a stack in its log", async () => {
  const { node } = JSON.parse(readFileSync(".next/server/server-reference-manifest.json", "utf8")) as {
    node: Record<string, Act>;
  };
  const payloads = [...TEXTS, ...OTHERS, ...(await forms())];
  const calls = Object.entries(node).flatMap(([id, act]) => payloads.map((payload) => ({ id, act, payload })));
  const failures: string[] = [];
  const tried = some(calls);
  for (const { id, act, payload } of tried) {
    const page = act.filename.replace(/^app\/(\((?:dashboard|auth)\)\/)?/, "/").replace(/\/[^/]*$/, "") || "/";
    const path = page.replace(/\[[^\]]+\]/g, "1");
    const [what, type, body] = payload;
    const headers = { "next-action": id, origin: server.base, "content-type": type };
    const { status } = await server.send(path, { method: "POST", headers, body });
    if (status === 0 || status >= 500) failures.push(`${status} ${act.exportedName}: ${what}`);
  }
  tally("calls of acts", tried.length);
  expect(failures).toEqual([]);
  expect(server.log()).not.toMatch(/^\s+at .*\.js:\d+/m);
  expect(server.log()).not.toContain('"level":50');
});
