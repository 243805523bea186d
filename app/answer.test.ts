import { afterEach, expect, it, vi } from "vitest";
import type { Db } from "@/db/client.ts";
import { silentLog } from "@/lib/log.ts";
import { answer, choiceField, fileField, keyFields, wholeField } from "./answer.ts";
import { request } from "./testing-request.ts";

vi.mock("next/headers", async () => (await import("./testing-request.ts")).nextHeaders);

const place = globalThis as { gpuLedger?: Record<string, unknown> };
afterEach(() => {
  for (const key of ["db", "auth", "log"]) delete place.gpuLedger?.[key];
});

it.each([[null], [7], ["text"], [[]], [{ key: "1" }]])(
  "an act that is sent %j in place of its form answers in words",
  async (sent) => {
    request.headers = new Headers({ host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" });
    place.gpuLedger ??= {};
    Object.assign(place.gpuLedger, {
      db: Promise.resolve({} as Db),
      auth: { settings: null },
      log: silentLog,
    });
    const body = vi.fn();
    expect(await answer(body, sent as never)).toEqual({
      ok: false,
      message: "The form could not be read. Load the page again, then try again.",
    });
    expect(body).not.toHaveBeenCalled();
  },
);

it.each([[null], [7], [{ key: "1" }]])(
  "somebody who is signed out and sends %j in place of a form is asked to sign in",
  async (sent) => {
    request.headers = new Headers({ host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" });
    place.gpuLedger ??= {};
    const settings = { url: "http://127.0.0.1:3000", secrets: ["x".repeat(32)], secure: false };
    Object.assign(place.gpuLedger, { db: Promise.resolve({} as Db), auth: { settings }, log: silentLog });
    const answered = await answer(async () => "done", sent as never);
    expect(answered).toMatchObject({ ok: false, message: expect.stringMatching(/^You are signed out/) });
  },
);

const formOf = (...entries: [string, string][]): FormData => {
  const form = new FormData();
  for (const [name, value] of entries) form.append(name, value);
  return form;
};
const UNREADABLE = "The form could not be read";

it("keys of a field are read all, or refused: a token for a team that cannot be read must not be one for all", () => {
  expect(keyFields(formOf(["team", "7"], ["team", ""], ["team", "9"], ["other", "x"]), "team")).toEqual([7, 9]);
  for (const bad of ["Vision", "7.5", "-7", "1e2", "2147483648", " "])
    expect(() => keyFields(formOf(["team", "7"], ["team", bad]), "team")).toThrow(UNREADABLE);
});

it("a choice that is missing is no choice: nobody is enabled, and no role added, by default", () => {
  const act = (form: FormData) => choiceField(form, "act", ["add", "remove"]);
  expect([act(formOf(["act", "add"])), act(formOf(["act", "remove"]))]).toEqual(["add", "remove"]);
  for (const form of [formOf(), formOf(["act", ""]), formOf(["act", "toString"])])
    expect(() => act(form)).toThrow(UNREADABLE);
});

it.each([
  ["90", 90],
  ["1e2", Number.NaN],
  ["", Number.NaN],
  ["-1", Number.NaN],
  ["1234567890", Number.NaN],
])("a whole number is read from plain digits alone: %j", (text, value) => {
  expect(wholeField(formOf(["days", text]), "days")).toBe(value);
});

it("a file is read to its last byte, part by part", async () => {
  const whole = Uint8Array.from({ length: 3 * 1024 * 1024 + 7 }, (_, i) => i % 251);
  const form = new FormData();
  form.set("file", new File([whole.subarray(0, 1_000_000), whole.subarray(1_000_000)], "n".repeat(300)));
  let turns = 0;
  const counting = setImmediate(function count() {
    turns++;
    again = setImmediate(count);
  });
  let again = counting;
  const { name, bytes } = await fileField(form, "file");
  clearImmediate(again);
  expect([name.length, Buffer.compare(bytes, whole)]).toEqual([200, 0]);
  // Others have their turn between the parts.
  expect(turns).toBeGreaterThanOrEqual(3);
});
