import { expect, test } from "vitest";
import { checkSubjects, checkWords } from "./words.ts";

test.each([
  ["a source that tells nothing", "report"],
  ["read anew each time", "again"],
  ["null where there is none", "without"],
  ["the first day that is not counted any more", "no longer"],
  ["Puts a team away", "archive"],
  ["as whoever asks", "the person who"],
])("%s is reported with better words", (line, better) => {
  const gaps = checkWords("a.md", `plain\n${line}`);
  expect(gaps).toHaveLength(1);
  expect(gaps[0]?.file).toBe("a.md:2");
  expect(gaps[0]?.detail).toContain(better);
});

test("plain words, and words that only contain one, pass", () => {
  expect(checkWords("a.ts", "a storyteller, renewal, secure, obscured, none of them, many more, nonetheless")).toEqual(
    [],
  );
});

test("subjects of commits are short and plain", () => {
  expect(checkSubjects(["Say what is missing", "x".repeat(60)])).toEqual([]);
  expect(checkSubjects(["x".repeat(61)])[0]?.detail).toBe("61 characters, at most 60");
  expect(checkSubjects(["Meter days anew"])).toHaveLength(1);
});
