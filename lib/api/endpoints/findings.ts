import { z } from "zod";
import { defineGet } from "@/lib/api/endpoint.ts";
import { findingFilter } from "@/lib/api/finding-request.ts";
import { newestFirst, pageOf } from "@/lib/api/paging.ts";
import {
  amountOrNull,
  amountOrNullOf,
  currencySchema,
  FORMAT_QUERY,
  instantOf,
  instantOrNullOf,
  instantSchema,
  nextSchema,
  PAGE_QUERY,
} from "@/lib/api/schemas.ts";
import { AppError } from "@/lib/errors.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { FINDING_COLUMNS, findingJson, findingRow } from "@/lib/exports/findings.ts";
import { adviceFor } from "@/lib/insights/findings/commands.ts";
import { findFinding, listEvents, listFindings } from "@/lib/insights/findings/load.ts";
import { EVENT_KINDS, type FindingRow, STATES } from "@/lib/insights/findings/types.ts";
import { RULES, ruleOf } from "@/lib/insights/rules/index.ts";

const SEVERITY = z.enum(["info", "warning", "critical"]);
const gpuHours = z.number().meta({ description: "GPU-hours." });

const findingSchema = z
  .object({
    finding: z.string().meta({ description: "Its id." }),
    rule: z.string(),
    rule_version: z.number().int(),
    subject_kind: z.string(),
    subject: z.string(),
    cluster: z.string(),
    project: z.string().nullable(),
    team: z.string().nullable(),
    user: z.string().nullable(),
    workload_id: z.string().nullable(),
    opened_at: instantSchema,
    last_seen_at: instantSchema,
    resolved_at: instantSchema.nullable(),
    state: z.enum(STATES),
    severity: SEVERITY,
    points: z.number().int(),
    gpu_hours_lost: gpuHours,
    cost_lost: z.number().nullable().meta({ description: "Null: a part of it has no price." }),
    currency: currencySchema,
    evidence: z
      .object({
        since: instantSchema,
        signals: z.array(z.record(z.string(), z.unknown())),
        thresholds: z.record(z.string(), z.number()),
      })
      .meta({ description: "What speaks for it, and the thresholds that it was found with." }),
  })
  .meta({ id: "Finding" });

export const findings = defineGet({
  path: "/api/v1/findings",
  action: "findings.read",
  tag: "findings",
  summary: "Findings, the newest first",
  query: {
    from: { description: "Only findings with an episode from this day or instant on." },
    to: { description: "Only findings with an episode before it." },
    rule: { description: "Only of this rule.", schema: z.enum(RULES.map((r) => r.slug) as [string, ...string[]]) },
    state: { description: "Only in this state.", schema: z.enum(STATES) },
    team: { description: "Only of workloads of this team: its name or key." },
    workload: { description: "Only about the workload with this id." },
    ...FORMAT_QUERY,
    ...PAGE_QUERY,
  },
  json: z.object({ findings: z.array(findingSchema), next: nextSchema }),
  files: ["csv"],
  async answer(ctx, { query }) {
    const { limit, cursor, ...asked } = query;
    const { filter, format } = await findingFilter(ctx, asked);
    const rows = await listFindings(ctx, filter);
    const { currency } = ctx.ledger;
    if (format === "csv") {
      const lines = rows.map((f) => findingRow(f, currency));
      return { file: csvChunks(FINDING_COLUMNS, onePage(lines)), format: "csv", name: "findings.csv" };
    }
    const keyOf = (f: FindingRow) => [f.openedAt, f.id];
    const page = pageOf(
      [...rows].sort((a, b) => newestFirst(keyOf(a), keyOf(b))),
      { limit, cursor },
      keyOf,
      newestFirst,
    );
    return { body: { findings: page.rows.map((f) => findingJson(f, currency)), next: page.next } };
  },
});

async function* onePage<T>(rows: T): AsyncGenerator<T> {
  yield rows;
}

export const finding = defineGet({
  path: "/api/v1/findings/{finding}",
  action: "findings.read",
  tag: "findings",
  summary: "One finding with its episodes and history",
  parts: { finding: { description: "The id of a finding." } },
  json: findingSchema.extend({
    episodes: z.array(z.object({ from: instantSchema, until: instantSchema.nullable() })),
    history: z.array(
      z.object({
        ...{ at: instantSchema, kind: z.enum(EVENT_KINDS), by: z.string(), reason: z.string() },
        ...{ until: instantSchema.nullable(), verdict: z.string() },
      }),
    ),
  }),
  async answer(ctx, { path }) {
    const found = await findFinding(ctx, path.finding);
    if (!found) throw new AppError("not_found", `There is no finding "${path.finding}" that you may see.`);
    const events = await listEvents(ctx.db, found);
    return {
      body: {
        ...findingJson(found, ctx.ledger.currency),
        episodes: found.episodes.map(([start, end]) => ({ from: instantOf(start), until: instantOrNullOf(end) })),
        history: events.map((e) => ({ ...e, at: instantOf(e.at), until: instantOrNullOf(e.until) })),
      },
    };
  },
});

const adviceSchema = z.object({
  finding: z.string(),
  rule: z.string(),
  title: z.string(),
  recommendation: z.string().meta({ description: "What to do." }),
  severity: SEVERITY,
  state: z.enum(STATES),
  workload: z.string(),
  project: z.string(),
  team: z.string(),
  user: z.string(),
  gpus: z.number().meta({ description: "GPUs that it is about now." }),
  cost_per_hour: amountOrNull.meta({ description: "What it loses an hour now; null: it has no price." }),
  cost_so_far: amountOrNull,
  since: instantSchema,
});
const adviceListSchema = z.object({
  currency: currencySchema,
  recommendations: z.array(adviceSchema),
  next: nextSchema,
});

const adviceOf = (f: FindingRow): z.output<typeof adviceSchema> => ({
  ...{
    finding: f.id,
    rule: f.rule,
    title: f.ruleTitle,
    recommendation: adviceFor(ruleOf(f.rule), f),
    severity: f.severity,
    state: f.state,
  },
  ...{ workload: f.name, project: f.project, team: f.team, user: f.user, gpus: f.nowMilli / 1000 },
  ...{
    cost_per_hour: amountOrNullOf(f.hourMicros),
    cost_so_far: amountOrNullOf(f.costMicros),
    since: instantOf(f.sinceAt),
  },
});

/** Rules about hardware or memory that is larger than what a workload needs. */
export const RIGHTSIZING_RULES: readonly string[] = [
  "wrong-card",
  "one-card-of-many",
  "memory-oversized",
  "memory-underused",
  "cpu-oversized",
  "long-low-utilisation",
  "nodes-fragmented",
];

const advice = (path: string, summary: string, rules: readonly string[] | undefined) =>
  defineGet({
    path,
    action: "findings.read",
    tag: "findings",
    summary,
    description: "Of findings that hold now and that nobody resolved, the newest first.",
    query: PAGE_QUERY,
    json: adviceListSchema,
    async answer(ctx, { query }) {
      const open = (await listFindings(ctx, { live: true, ...(rules ? { rules } : {}) })).filter(
        (f) => f.state !== "resolved",
      );
      const keyOf = (f: FindingRow) => [f.openedAt, f.id];
      const page = pageOf(
        [...open].sort((a, b) => newestFirst(keyOf(a), keyOf(b))),
        query,
        keyOf,
        newestFirst,
      );
      return { body: { currency: ctx.ledger.currency, recommendations: page.rows.map(adviceOf), next: page.next } };
    },
  });

export const recommendations = advice(
  "/api/v1/recommendations",
  "What to do about everything that was found",
  undefined,
);
export const rightsizing = advice("/api/v1/rightsizing", "What is larger than its workload needs", RIGHTSIZING_RULES);
