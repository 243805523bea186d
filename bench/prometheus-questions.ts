import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { sql } from "@/db/client.ts";
import { HELD, sumSql } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadOverview } from "@/lib/pages/overview.ts";
import { loadProjects } from "@/lib/pages/projects.ts";
import { findWorkload } from "@/lib/pages/workload.ts";
import { loadWorkloads } from "@/lib/pages/workloads.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { DAY, HOUR, type Interval, windows } from "@/lib/time.ts";
import { startPrometheusOver } from "@/simulator/prometheus/real.ts";
import { type Figure, laps, percentile } from "./measure.ts";

const METRIC = "gpu_seconds";
const OUR_RUNS = 31;
const THEIR_RUNS = 7;
const PERIOD = { from: "2017-09-20", to: "2017-12-21" };
const HELD_MILLI = sql.raw(sumSql(HELD, "milli", "u"));

interface Question {
  readonly key: string;
  readonly what: string;
  readonly ours: () => Promise<unknown>;
  /** Path and query of Prometheus' API. */
  readonly theirs: { readonly path: string; readonly query: Readonly<Record<string, string | number>> };
}

/** Hourly GPU-seconds of every workload as OpenMetrics, one file a day, which promtool needs. Instants are the buckets' starts. */
async function writeDays(ctx: Ctx, range: Interval, write: (text: string) => void): Promise<void> {
  for (const day of windows(range, DAY)) {
    const rows = await ctx.db.all<{ at: number; milli: number; workload: number; project: string }>(sql`
      select u.bucket_at as "at", sum(${HELD_MILLI}) as "milli", u.workload_key as "workload", p.name as "project"
      from usage u join workloads w on w.key = u.workload_key join projects p on p.key = w.project_key
      where u.bucket_at >= ${day.start} and u.bucket_at < ${day.end} and u.workload_key <> 0
      group by u.workload_key, u.bucket_at, p.name order by u.workload_key, u.bucket_at`);
    const lines = rows.map(
      (r) => `${METRIC}{project="${r.project}",workload="${r.workload}"} ${r.milli / 1000} ${r.at}`,
    );
    if (lines.length) write(`# TYPE ${METRIC} gauge\n${lines.join("\n")}\n# EOF\n`);
  }
}

async function questions(ctx: Ctx): Promise<Question[]> {
  const period = parsePeriod(PERIOD, "UTC", ctx.now());
  const base = { period, zone: "UTC" };
  const days = (period.end - period.start) / DAY;
  // Prometheus 2 counts both ends of a range: a second less keeps the next bucket out.
  const whole = `sum_over_time(${METRIC}[${days * DAY - 1}s])`;
  const at = { time: period.end - 1 };
  const longest = await ctx.db.find<{ key: number }>(sql`
    select workload_key as "key" from usage where workload_key <> 0 and bucket_at >= ${period.start} and bucket_at < ${period.end}
    group by workload_key order by count(*) desc limit 1`);
  const list = { sort: "gpu-hours", descending: true, limit: 50, offset: 0 } as const;
  return [
    {
      key: "by_project_and_day",
      what: `GPU-hours by project and day, ${days} days (the overview)`,
      ours: () => loadOverview(ctx, base),
      theirs: {
        path: "query_range",
        query: {
          query: `sum by (project) (sum_over_time(${METRIC}[${DAY - 1}s]))`,
          start: period.start + DAY - 1,
          end: period.end - 1,
          step: DAY,
        },
      },
    },
    {
      key: "by_project",
      what: `GPU-hours by project, ${days} days (the projects)`,
      ours: () => loadProjects(ctx, base),
      theirs: { path: "query", query: { query: `sum by (project) (${whole})`, ...at } },
    },
    {
      key: "largest_workloads",
      what: `the 50 largest of all workloads, ${days} days (the workloads)`,
      ours: () => loadWorkloads(ctx, { ...base, ...list }),
      theirs: { path: "query", query: { query: `topk(50, ${whole})`, ...at } },
    },
    {
      key: "one_workload",
      what: "one workload by hour (its page)",
      ours: () => findWorkload(ctx, String(longest?.key), base),
      theirs: {
        path: "query_range",
        query: {
          query: `${METRIC}{workload="${longest?.key}"}`,
          start: period.start,
          end: period.end - HOUR,
          step: HOUR,
        },
      },
    },
  ];
}

async function ask(url: string, { path: endpoint, query }: Question["theirs"]): Promise<PromSeries[]> {
  const text = new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]));
  const answer = await fetch(`${url}/api/v1/${endpoint}?${text}`);
  const body = (await answer.json()) as { status: string; error?: string; data: { result: PromSeries[] } };
  if (body.status !== "success") throw new Error(`Prometheus: ${body.error}`);
  return body.data.result;
}
interface PromSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
}

/** How many times faster the ledger answers than a real Prometheus that holds the same series. @throws Error when their sums differ. */
export async function compareQuestions(ctx: Ctx, range: Interval): Promise<{ figures: Figure[]; notes: string[] }> {
  const texts: string[] = [];
  await writeDays(ctx, range, (text) => texts.push(text));
  const prometheus = await startPrometheusOver((folder, work) => {
    for (const text of texts.splice(0)) {
      const file = path.join(work, "day.om");
      writeFileSync(file, text);
      execFileSync("promtool", ["tsdb", "create-blocks-from", "openmetrics", "-q", file, folder], { stdio: "pipe" });
      rmSync(file);
    }
  });
  try {
    await checkSums(ctx, prometheus.url);
    const figures: Figure[] = [];
    const notes: string[] = [];
    for (const { key, what, ours, theirs } of await questions(ctx)) {
      const mine = percentile(await laps(OUR_RUNS, ours), 0.5);
      const other = percentile(await laps(THEIR_RUNS, () => ask(prometheus.url, theirs), 1), 0.5);
      figures.push({ key, what: `faster than Prometheus: ${what}`, value: other / mine, unit: "times" });
      notes.push(`${what}: median ${mine.toFixed(1)} ms, Prometheus ${other.toFixed(1)} ms`);
    }
    return { figures, notes };
  } finally {
    await prometheus.stop();
  }
}

/** Both must answer the same question: the sums by project agree. */
async function checkSums(ctx: Ctx, url: string): Promise<void> {
  const byProject = (await questions(ctx)).find((q) => q.key === "by_project") as Question;
  const theirs = await ask(url, byProject.theirs);
  const period = parsePeriod(PERIOD, "UTC", ctx.now());
  const ours = await loadProjects(ctx, { period });
  for (const { name, allocatedMilli } of ours) {
    const other = Number(theirs.find((s) => s.metric.project === name)?.value?.[1] ?? 0);
    if (Math.abs(other - allocatedMilli / 1000) > 0.5)
      throw new Error(`${name}: the ledger says ${allocatedMilli / 1000} GPU-seconds, Prometheus ${other}`);
  }
}
