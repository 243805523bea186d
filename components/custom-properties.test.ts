import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const files = globSync("{app,components}/**/*.{ts,tsx,css}").filter((f) => !/\.test\.tsx?$/.test(f));
const source = files.map((f) => readFileSync(f, "utf8")).join("\n");

/** By a style or a stylesheet, by a font, or by a template that ends in a number, such as `--c${i}`. */
const isDefined = (name: string): boolean =>
  new RegExp(`${name}["'\`]?\\]?\\s*:`).test(source) ||
  source.includes(`variable: "${name}"`) ||
  source.includes(`${name.replace(/\d+$/, "")}\${`);

it("uses no custom property of CSS that nothing defines: such a colour is drawn as none", () => {
  const used = new Set([...source.matchAll(/var\((--[a-z0-9-]*[a-z0-9])[,)]/g)].map((m) => m[1] as string));
  expect(used.size).toBeGreaterThan(30);
  expect([...used].filter((name) => !isDefined(name)).sort()).toEqual([]);
});
