import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ACTIONS } from "./permissions.ts";

it("holds no action that nothing asks for", () => {
  const files = globSync("{app,lib,cli}/**/*.{ts,tsx}").filter(
    (file) => !/\.test\.tsx?$/.test(file) && !file.endsWith("auth/permissions.ts"),
  );
  expect(files.length).toBeGreaterThan(500);
  const asked = files.map((file) => readFileSync(file, "utf8")).join("\n");
  const isAsked = (action: string) =>
    new RegExp(`(?:allow|mayDo|getApiCtx|readerFor|needRole)\\([^;]*"${action}"|: "${action}",`).test(asked);
  expect(Object.keys(ACTIONS).filter((action) => !isAsked(action))).toEqual([]);
});
