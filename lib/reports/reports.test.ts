import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { jobViewer, type Viewer } from "@/lib/ctx.ts";
import { keepFormer } from "@/lib/sync/facts/former-facts-store.ts";
import { DAY } from "@/lib/time.ts";
import { DAY_ONE, NOON, scenario } from "./golden/testing-scenario.ts";
import { findReport, getReport, listReports } from "./index.ts";
import { parsePeriod } from "./period.ts";
import type { Period } from "./report.ts";
import { csvOf, ctxOf, seed } from "./testing.ts";

const october = parsePeriod({ month: "2026-10" }, "UTC", NOON);
const later = DAY_ONE + 2 * DAY;
/** The same span, read from the buckets instead of the daily sums. */
const byBucket = (period: Period): Period => ({ ...period, days: undefined });
/** Those of money have a scenario of their own: cost-reports.test.ts. */
const usageReports = listReports()
  .filter((r) => !r.columns.some((c) => c.key === "currency"))
  .map((r) => r.slug);
const reader = (...projects: string[]): Viewer => ({ ...jobViewer("reader"), kind: "person", projects });

describe.each(engines)("reports on $name", (engine) => {
  let test: TestDb;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    test = (await engine.open()) as TestDb;
    await seed(test.db, scenario);
  });
  afterAll(() => test?.drop());

  const csv = (slug: string, period = october, filters: Record<string, string> = {}, viewer?: Viewer) =>
    csvOf(ctxOf(test.db, later, viewer), getReport(slug), period, filters);

  it.skipIf(isAbsent(engine)).each(usageReports)("writes %s as finance receives it, byte by byte", async (slug) => {
    const file = new URL(`./golden/${slug}.csv`, import.meta.url);
    const text = await csv(slug);
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, "utf8"));
    expect(await csv(slug, byBucket(october))).toBe(text);
  });

  it.skipIf(isAbsent(engine))("slices a workload to the period by its buckets", async () => {
    const period = parsePeriod({ from: "2026-10-01T01:00:00Z", to: "2026-10-01T02:00:00Z" }, "UTC", NOON);
    const lines = (await csv("usage-by-workload", period, { user: "ada" })).split("\r\n");
    expect(lines.slice(1).map((l) => l.split(",").slice(4, 11).join(","))).toEqual([
      "w-20,train-a,Train,A100-40GB,2026-10-01T01:00:00Z,2026-10-01T03:00:00Z,2.000000",
      "w-30,train-a,Train,H100-80GB,2026-09-30T23:00:00Z,2026-10-01T02:00:00Z,4.000000",
      "",
    ]);
  });

  it.skipIf(isAbsent(engine))(
    "keeps usage under the department to which a project belonged then, as charges do",
    async () => {
      const between = (from: string, to: string) => parsePeriod({ from, to }, "UTC", NOON);
      const [first, second] = [between("2026-10-01", "2026-10-02"), between("2026-10-02", "2026-10-03")];
      const hours = async (slug: string, period: Period) => {
        const [head = "", ...lines] = (await csv(slug, period)).trim().split("\r\n");
        const place = head.split(",").indexOf("gpu_hours_allocated");
        const sums = new Map<string, number>();
        for (const cells of lines.map((l) => l.split(","))) {
          const name = `${cells[1]}/${cells[2]}`;
          if (cells[2]) sums.set(name, (sums.get(name) ?? 0) + Number(cells[place]));
        }
        return sums;
      };
      const slug = "usage-by-project";
      const [one, two] = [await hours(slug, first), await hours(slug, second)];
      const moved = [...two.keys()].find((name) => one.has(name)) as string;
      const [department, name] = moved.split("/") as [string, string];
      const rows = await test.db.all<{ key: number }>(
        sql`select key from projects where name = ${name} and department_name = ${department}`,
      );
      // It moves at 03:00 of the second day: a day counts under what holds at its end.
      const untilAt = DAY_ONE + DAY + 3 * 3600;
      const facts = { name: "before", department: "archive", namespace: "", quota: "{}" };
      await test.db.write((tx) =>
        keepFormer(
          tx,
          "project",
          rows.map(({ key }) => ({ key, untilAt, facts })),
        ),
      );
      const now = await hours(slug, october);
      const ofFirst = await hours("usage-by-workload", first);
      await test.db.write((tx) => tx.run(sql`delete from former_facts`));
      expect([now.get("archive/before"), now.get(moved)]).toEqual([one.get(moved), two.get(moved)]);
      expect([ofFirst.has("archive/before"), ofFirst.has(moved)]).toEqual([true, false]);
    },
  );

  it.skipIf(isAbsent(engine))("leaves the end empty while a pod runs", async () => {
    const whileRunning = await csvOf(ctxOf(test.db, DAY_ONE + 3600), getReport("usage-by-workload"), october, {
      user: "ada",
    });
    expect(
      whileRunning
        .split("\r\n")
        .slice(1, 3)
        .map((l) => l.split(",").slice(8, 10)),
    ).toEqual([
      ["2026-10-01T01:00:00Z", ""],
      ["2026-09-30T23:00:00Z", ""],
    ]);
  });

  it.skipIf(isAbsent(engine))(
    "shows a reader no more than the projects given to them, and nobody's time to none but those who see all",
    async () => {
      const all = await csv("usage-by-project");
      const vision = await csv("usage-by-project", october, {}, reader("c-1/p7"));
      expect(vision.split("\r\n").slice(1, -1)).toEqual(all.split("\r\n").filter((l) => l.includes("vision")));
      for (const slug of ["usage-by-workload", "utilization", "suspicious", "project-allocations"]) {
        const text = await csv(slug, october, {}, reader("c-1/p7"));
        expect(text).not.toMatch(/bob|speech|cmd/);
        expect((await csv(slug, october, {}, reader())).split("\r\n")).toHaveLength(2);
      }
      await expect(csv("capacity", october, {}, reader("c-1/p7"))).rejects.toMatchObject({ code: "forbidden" });
    },
  );

  it.skipIf(isAbsent(engine))(
    "takes names and ids as filters, and names what is near to a wrong one, among what the reader may see",
    async () => {
      const byName = await csv("usage-by-workload", october, { project: "vision", cluster: "east" });
      expect(await csv("usage-by-workload", october, { project: "c-1/p7" })).toBe(byName);
      expect(await csv("usage-by-workload", october, { user: "ada" })).toBe(byName);
      expect(await csv("capacity", october, { cluster: "c-1" })).not.toContain("T4");
      await expect(csv("utilization", october, { project: "visoin" })).rejects.toThrow('Did you mean "vision"?');
      await expect(csv("utilization", october, { project: "visoin" }, reader("c-1/p5"))).rejects.toThrow(
        'There is no project "visoin". There are: speech.',
      );
      await expect(csv("utilization", october, { cluster: "eats" })).rejects.toThrow('There is no cluster "eats".');
      await expect(csv("utilization", october, { user: "adam" })).rejects.toThrow('Did you mean "ada"?');
    },
  );

  it.skipIf(isAbsent(engine))("is empty, not zero, where nothing was metered", async () => {
    const november = parsePeriod({ month: "2026-11" }, "UTC", NOON);
    for (const { slug } of listReports()) expect((await csv(slug, november)).split("\r\n")).toHaveLength(2);
  });
});

describe("the list of reports", () => {
  it("finds by slug, and says what there is otherwise", () => {
    expect(findReport("capacity")?.title).toBe("Where capacity went");
    expect(findReport("nothing")).toBeUndefined();
    expect(() => getReport("utilisation")).toThrow('Did you mean "utilization"?');
  });
});
