import { expect, it, vi } from "vitest";
import { AppError } from "@/lib/errors.ts";
import { atKindFields, inputName, kindFields } from "./kind-fields.ts";

vi.mock("next/headers", async () => (await import("./testing-request.ts")).nextHeaders);
vi.mock("next/server", async () => (await import("./testing-request.ts")).nextServer());
vi.mock("next/cache", async () => (await import("./testing-request.ts")).nextCache);

const FIELDS = [{ name: "url" }, { name: "key", secret: true }] as const;

it("fields of a kind are read by their names, and secrets have a name that is never sent back", () => {
  expect(FIELDS.map(inputName)).toEqual(["plain-url", "secret-key"]);
  const form = new FormData();
  form.set("plain-url", "https://a.example");
  form.set("secret-key", "k");
  form.set("other", "x");
  expect(kindFields(form, FIELDS)).toEqual({ url: "https://a.example", key: "k" });
});

it("problems of a verb stand at the fields of the form; another failure stays as it is", async () => {
  const fails = (error: Error) => atKindFields(FIELDS, () => Promise.reject(error));
  const refused = new AppError("invalid", "Two are wrong.", { fields: { key: "Too short.", name: "Taken." } });
  await expect(fails(refused)).rejects.toMatchObject({
    ...{ code: "invalid", message: "Two are wrong.", fields: { "secret-key": "Too short.", name: "Taken." } },
  });
  const other = new Error("no disk");
  await expect(fails(other)).rejects.toBe(other);
  expect(await atKindFields(FIELDS, async () => 7)).toBe(7);
});
