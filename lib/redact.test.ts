import { expect, it } from "vitest";
import { AppError, errorText } from "./errors.ts";
import { excerpt } from "./http.ts";
import { createLog } from "./log.ts";
import { HIDDEN, hideFromTexts, hideLatest, redact, withoutControls } from "./redact.ts";

const SECRET = 'Tr0ub4dor &3/"x"';

it.each([
  ["as it is", SECRET],
  ["in JSON", JSON.stringify({ a: SECRET })],
  ["in an address", `https://peer.example/?s=${encodeURIComponent(SECRET)}`],
  [
    "in a form",
    `client_secret=${new URLSearchParams({ s: SECRET.replaceAll('"', "") }).get("s") && encodeURIComponent(SECRET).replaceAll("%20", "+")}`,
  ],
  ["in basic authentication of nobody", Buffer.from(SECRET).toString("base64")],
])("hides a secret %s", (_, text) => {
  hideFromTexts(SECRET);
  expect(redact(text)).toContain(HIDDEN);
  expect(redact(text)).not.toMatch(/Tr0ub4dor|VHIwdWI0ZG9y/);
});

it("hides it in messages, causes, excerpts and logs, wherever it stands", () => {
  hideFromTexts("correct-horse-battery");
  const error = new AppError("internal", "the peer said correct-horse-battery", {
    cause: new Error("and correct-horse-battery again"),
  });
  const lines: string[] = [];
  createLog("info", { write: (line) => lines.push(line) }).warn(
    { err: new Error("correct-horse-battery"), deep: { er: { still: "x correct-horse-battery y" } } },
    "correct-horse-battery",
  );
  for (const text of [
    error.message,
    errorText(error),
    errorText("correct-horse-battery"),
    excerpt("<b>correct-horse-battery"),
    ...lines,
  ])
    expect(text).not.toContain("correct-horse");
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] as string)).toMatchObject({ msg: HIDDEN, deep: { er: { still: `x ${HIDDEN} y` } } });
});

it("hides the longer of two secrets whole, a short one only as a word, and one below 4 characters never", () => {
  hideFromTexts("zebra-crossing", "zebra-crossing-at-night", "q8w9", "xy");
  expect(redact("zebra-crossing-at-night, zebra-crossing")).toBe(`${HIDDEN}, ${HIDDEN}`);
  expect(redact("password=q8w9; aq8w9b; xy")).toBe(`password=${HIDDEN}; aq8w9b; xy`);
});

it("keeps the newest four of a place that is replaced again and again", () => {
  for (let i = 1; i <= 6; i++) hideLatest("peer", `access-token-number-${i}`);
  expect([1, 2, 3, 4, 5, 6].filter((i) => redact(`access-token-number-${i}`) === HIDDEN)).toEqual([3, 4, 5, 6]);
});

it("lets nothing of a peer move a terminal's cursor or turn the direction of writing", () => {
  expect(withoutControls("a\u001b[2Kb\u0000c\u202ed\u0085e\tf\ng")).toBe("a [2Kb c d e\tf\ng");
  expect(excerpt("\u001b]0;owned\u0007 said")).toBe("]0;owned said");
});
