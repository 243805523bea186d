import { expect, it } from "vitest";
import { href, travelling } from "./href.ts";

it("keeps what the page is about and changes only what is asked", () => {
  expect(href("/workloads", { period: "today", q: "a b&c", page: "3" }, { page: undefined, sort: "idle" })).toBe(
    "/workloads?period=today&q=a+b%26c&sort=idle",
  );
  expect(href("/", { q: "" })).toBe("/");
  expect(href("/gpus", travelling({ period: "today", q: "x", cluster: "c" }))).toBe("/gpus?period=today&cluster=c");
});
