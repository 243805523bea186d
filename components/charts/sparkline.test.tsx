import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Sparkline } from "./sparkline.tsx";

const path = (...values: (number | null)[]) =>
  /d="([^"]*)"/.exec(renderToStaticMarkup(<Sparkline values={values} label="x" />))?.[1] ?? null;

describe("a sparkline", () => {
  it("goes from the left to the right, 0 at the bottom and its highest value at the top", () => {
    expect(path(0, 5, 10)).toBe("M2 16L40 9L78 2");
  });
  it("reaches below for credits, and has a gap where a value is unknown", () => {
    expect(path(-10, 10)).toBe("M2 16L78 2");
    expect(path(1, null, 0, 1)).toBe("M2 2M52.7 16L78 2");
  });
  it("is nothing where there is nothing to compare", () => {
    expect([path(), path(3), path(null, 3), path(0, 0), path(null, null)]).toEqual([null, null, null, null, null]);
  });
});
