import { z } from "zod";
import { defineGet } from "@/lib/api/endpoint.ts";
import { limitOf, placeCursor, placeOf } from "@/lib/api/paging.ts";
import {
  amountOrNull,
  amountOrNullOf,
  currencySchema,
  instantOf,
  instantOrNullOf,
  instantSchema,
  nextSchema,
  PAGE_QUERY,
  PERIOD_QUERY,
  periodJson,
  periodOf,
  periodSchema,
} from "@/lib/api/schemas.ts";
import { CLASSES, IDLE, sumClasses } from "@/lib/classes.ts";
import { AppError } from "@/lib/errors.ts";
import { loadOverview } from "@/lib/pages/overview.ts";
import { HEAVY, isPlaceIn, loadWorkloads, WORKLOAD_SORTS } from "@/lib/pages/workloads.ts";
import type { Measures } from "@/lib/reports/types.ts";
import { gpuHoursDecimal } from "@/lib/units.ts";

const percent = z.number().min(0).nullable();
const gpuHours = z.string().meta({ description: "GPU-hours, a decimal with six places." });
const measuresSchema = z.object({
  gpu_hours_allocated: gpuHours,
  gpu_hours_idle: gpuHours,
  utilization_percent: percent.meta({ description: "Mean over the time that was observed; null: none was." }),
  coverage_percent: percent.meta({ description: "Part of the allocated time that was observed." }),
});
const measuresOf = (m: Measures): z.output<typeof measuresSchema> => ({
  gpu_hours_allocated: gpuHoursDecimal(m.allocatedMilli),
  gpu_hours_idle: gpuHoursDecimal(sumClasses(m.classes, IDLE)),
  utilization_percent: m.utilisationPercent,
  coverage_percent: m.coveragePercent,
});

export const gpuUtilization = defineGet({
  path: "/api/v1/gpu/utilization",
  action: "usage.read",
  tag: "usage",
  summary: "What GPUs do now, and how they were used in a period",
  query: { ...PERIOD_QUERY, cluster: { description: "Only this cluster: its name or id." } },
  json: z.object({
    now: z.object({
      as_of: instantSchema.nullable().meta({ description: "The newest metered instant; null: nothing is metered." }),
      gpus: z.number(),
      by_class: z
        .object(Object.fromEntries(CLASSES.map((c) => [c, z.number()])))
        .meta({ description: "GPUs in each class." }),
    }),
    period: periodSchema,
    total: measuresSchema.extend({ gpu_hours_capacity: gpuHours.nullable() }),
    projects: z.array(measuresSchema.extend({ project: z.string(), cluster: z.string() })),
  }),
  async answer(ctx, { query }) {
    const period = periodOf(ctx, query);
    const view = await loadOverview(ctx, { period, zone: ctx.ledger.zone, cluster: query.cluster });
    const { fleet } = view;
    return {
      body: {
        now: {
          as_of: instantOrNullOf(fleet.asOfAt),
          gpus: fleet.totalMilli / 1000,
          by_class: Object.fromEntries(CLASSES.map((c) => [c, fleet.classes[c] / 1000])),
        },
        period: periodJson(period),
        total: {
          ...measuresOf(view.total),
          gpu_hours_capacity: view.capacityMilli === null ? null : gpuHoursDecimal(view.capacityMilli),
        },
        projects: view.projects.map((p) => ({ project: p.name, cluster: p.cluster, ...measuresOf(p) })),
      },
    };
  },
});

export const workloads = defineGet({
  path: "/api/v1/workloads",
  action: "workloads.read",
  tag: "usage",
  summary: "Workloads of a period",
  query: {
    ...PERIOD_QUERY,
    cluster: { description: "Only of this cluster." },
    project: { description: "Only of this project." },
    user: { description: "Only of this user." },
    category: { description: "Only of this category." },
    phase: { description: "Only in this phase." },
    class: { description: "Only those that were mostly in this class.", schema: z.enum(HEAVY) },
    search: { description: "Part of a name, user, namespace or id." },
    sort: { description: "`gpu-hours` where absent.", schema: z.enum(WORKLOAD_SORTS) },
    order: { description: "`descending` where absent.", schema: z.enum(["ascending", "descending"]) },
    ...PAGE_QUERY,
  },
  json: z.object({
    period: periodSchema,
    currency: currencySchema,
    count: z.number().int().meta({ description: "All that match." }),
    workloads: z.array(
      measuresSchema.extend({
        ...{ id: z.string(), name: z.string(), project: z.string(), cluster: z.string(), user: z.string() },
        ...{ category: z.string(), type: z.string(), phase: z.string(), gpu_models: z.string() },
        ...{ created_at: instantSchema, completed_at: instantSchema.nullable() },
        amount: amountOrNull.meta({ description: "Null: it has no charge, or the period cuts a day." }),
        idle_amount: amountOrNull,
      }),
    ),
    next: nextSchema,
  }),
  async answer(ctx, { query }) {
    const period = periodOf(ctx, query);
    const { cluster, project, user, category, phase, class: heavy, search, order } = query;
    const sort = WORKLOAD_SORTS.find((s) => s === query.sort) ?? "gpu-hours";
    const [limit, after] = [limitOf(query), placeOf(query)];
    if (after && !isPlaceIn(sort, after))
      throw new AppError("invalid", "cursor: it is of a list in another order. Leave it out to begin again.");
    const page = await loadWorkloads(ctx, {
      ...{ period, zone: ctx.ledger.zone, cluster, project, user, category, phase, search, sort },
      // One more than is answered shows whether there is another page.
      ...{ limit: limit + 1, offset: 0, after },
      ...{ heavy: HEAVY.find((h) => h === heavy), descending: order !== "ascending" },
    });
    const { count } = page;
    const rows = page.rows.slice(0, limit);
    const last = page.places.length > limit ? page.places[limit - 1] : undefined;
    return {
      body: {
        period: periodJson(period),
        ...{ currency: ctx.ledger.currency, count },
        workloads: rows.map((w) => ({
          ...{ id: w.id, name: w.name, project: w.project, cluster: w.cluster, user: w.user, category: w.category },
          ...{ type: w.type, phase: w.phase, gpu_models: w.gpuModels, ...measuresOf(w) },
          ...{ created_at: instantOf(w.createdAt), completed_at: instantOrNullOf(w.completedAt) },
          ...{ amount: amountOrNullOf(w.micros), idle_amount: amountOrNullOf(w.idleMicros) },
        })),
        next: last ? placeCursor(last) : null,
      },
    };
  },
});
