import { expect, it } from "vitest";
import { placesOf } from "@/lib/budgets/places.ts";
import type { BudgetScope } from "@/lib/budgets/types.ts";
import { localViewer } from "@/lib/ctx.ts";
import { scopeOptions } from "./scope-choices.ts";

it("offers what is chosen although its team is archived, so that saving a form does not change it", () => {
  const team = (key: number, archivedAt: number | null) => ({ key, name: `T${key}`, costCentre: "", archivedAt });
  const places = placesOf(localViewer, [team(11, null), team(12, 99)] as Parameters<typeof placesOf>[1], []);
  const values = (current?: BudgetScope) => scopeOptions(places, () => true, current).map((o) => [o.value, o.label]);
  const offered = [
    ["all", "Everything"],
    ["team:11", "T11 (team)"],
  ];
  expect(values()).toEqual(offered);
  expect(values({ kind: "team", value: "11" })).toEqual(offered);
  expect(values({ kind: "team", value: "12" })).toEqual([...offered, ["team:12", "T12 (team), no longer in use"]]);
});
