import { afterAll, beforeAll, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { loadExplanation } from "./explain/explain.ts";
import { getReport } from "./index.ts";
import { parsePeriod } from "./period.ts";
import type { Row } from "./report.ts";

const days = { from: 20261029, until: 20261101 };
let store: TestDb;

/** Workload 1 (vision) is ada's, 3 (speech) is bob's; ada is an engineer of Vision. */
beforeAll(async () => {
  store = await sqliteFile();
  await seedOctober(store.db);
  await store.db.write((tx) => tx.run(sql`update workloads set submitted_by = 'bob' where key = 3`));
});
afterAll(() => store.drop());

const as = (viewer: Partial<Viewer>) => ({
  ...ctxOf(store.db),
  viewer: { kind: "person", id: "x", roles: ["engineer"], projects: [], teams: [11], manages: [], ...viewer } as Viewer,
});
async function rowsOf(slug: string, viewer: Partial<Viewer>, parameters = {}): Promise<Row[]> {
  const ctx = as(viewer);
  const period = parsePeriod({ from: "2026-10-29", to: "2026-11-01" }, "UTC", ctx.now());
  const rows: Row[] = [];
  for await (const page of getReport(slug).load(ctx, period, parameters)) rows.push(...page);
  return rows;
}

it.each(["cost-by-workload", "cost-by-user", "idle-cost"])(
  "what somebody's own workloads cost is in %s, without any other",
  async (slug) => {
    const all = await rowsOf(slug, { roles: ["admin"], projects: "all", teams: "all" });
    const own = await rowsOf(slug, { submitters: ["ada"] });
    expect(all.some((row) => row.user === "bob") || slug === "idle-cost").toBe(true);
    expect(own.map((row) => row.user)).toEqual(["ada"]);
    const [row] = own;
    const same = all.filter((r) => r.user === "ada");
    expect([row?.amount, row?.idle_amount]).toEqual([same[0]?.amount, same[0]?.idle_amount]);
    expect(await rowsOf(slug, { submitters: ["nobody"] })).toEqual([]);
    expect((await rowsOf(slug, { submitters: ["ada"] }, { user: "ada" })).length).toBe(own.length);
    await expect(rowsOf(slug, { submitters: ["ada"] }, { user: "bob" })).rejects.toMatchObject({ code: "not_found" });
  },
);

it("the explanation of an own workload is the amount of the report, without what others were rounded with", async () => {
  const [row] = await rowsOf("cost-by-workload", { submitters: ["ada"] });
  const explained = await loadExplanation(as({ submitters: ["ada"] }), { workload: 1 }, days);
  expect(explained.totalMicros).toBe(row?.amount);
  const day = { from: 20261029, until: 20261030 };
  expect((await loadExplanation(as({ submitters: ["ada"] }), { workload: 1 }, day)).roundings).toEqual([]);
  await expect(loadExplanation(as({ submitters: ["ada"] }), { workload: 3 }, days)).rejects.toMatchObject({
    code: "not_found",
  });
});

it.each(["usage-by-workload", "utilization", "suspicious", "right-sizing"])(
  "%s is not for finance, who sees sums",
  async (slug) => {
    const finance = { roles: ["finance"], projects: "all", teams: "all", workloads: [] } as const;
    await expect(rowsOf(slug, finance)).rejects.toMatchObject({ code: "forbidden" });
    expect((await rowsOf("cost-by-user", finance)).some((row) => row.user === "bob")).toBe(true);
  },
);

it("what is about the whole ledger is not shown in part", async () => {
  await expect(rowsOf("capacity", {})).rejects.toMatchObject({
    code: "forbidden",
    message: "Where capacity went is about the whole ledger: you see some projects of it.",
  });
});

it("people who see money alone learn what a workload cost, and not how it used its GPUs", async () => {
  const day = { from: 20261029, until: 20261030 };
  const finance = await loadExplanation(
    as({ roles: ["finance"], projects: "all", teams: "all" }),
    { workload: 1 },
    day,
  );
  const admin = await loadExplanation(as({ roles: ["admin"], projects: "all", teams: "all" }), { workload: 1 }, day);
  expect([finance.totalMicros, finance.lines]).toEqual([admin.totalMicros, admin.lines]);
  expect([finance.classes, finance.evidence, finance.roundings]).toEqual([[], null, []]);
  expect([admin.classes.length > 0, admin.evidence?.name, admin.roundings.length > 0]).toEqual([true, "train-1", true]);
});
