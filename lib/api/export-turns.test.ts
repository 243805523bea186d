import { afterEach, expect, it } from "vitest";
import {
  beginExport,
  beginStream,
  MOST_AT_ONCE,
  MOST_FILES_OF_ALL,
  MOST_STREAMS,
  MOST_STREAMS_OF_ALL,
} from "./export-turns.ts";

const open: (() => void)[] = [];
afterEach(() => {
  for (const end of open.splice(0)) end();
});

it.each([
  ["files", beginExport, MOST_AT_ONCE, MOST_FILES_OF_ALL],
  ["streams", beginStream, MOST_STREAMS, MOST_STREAMS_OF_ALL],
])("%s: some of each person at a time, and not more of all people together", (_, begin, own, all) => {
  const start = (viewer: string) => {
    const end = begin(viewer);
    open.push(end);
    return end;
  };
  for (let i = 0; i < own; i++) start("ada");
  expect(() => begin("ada")).toThrow("of yours");
  for (let i = own; i < all; i++) start(`person ${i}`);
  expect(() => begin("bob")).toThrow("of several people");
  // One that ends, also twice, makes room for one.
  const last = open.at(-1) as () => void;
  last();
  last();
  start("bob");
  expect(() => begin("eve")).toThrow("of several people");
  for (const end of open) end();
  expect(() => start("eve")).not.toThrow();
});
