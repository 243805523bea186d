import { IDLE, sumOf } from "@/lib/classes.ts";
import { type Micros, sumExactly } from "@/lib/money.ts";
import { compareKeys } from "@/lib/order.ts";
import { foreignPrice } from "@/lib/pricing/price-book.ts";
import { addDays } from "@/lib/time.ts";
import type { CorrectionRow, StatementInput, UsageRow } from "./rows.ts";
import { LINE_KINDS, type StatementLine } from "./types.ts";
import { classWords, methodWords } from "./words.ts";

const SKU_WORDS = { gpu: "GPU", cpu: "CPU", memory: "Memory", "gpu-memory": "GPU memory" } as const;

/**
 * Every line of a statement in canonical order: usage, shares, imported cost, corrections; each by cluster, project, GPU
 * model, pool, SKU, price class, price and, last, its key. Exact amounts; nothing is left out, also what comes to 0.
 */
export function statementLines(input: StatementInput): StatementLine[] {
  const lines = [
    ...input.usage.map((row) => usageLine(input, row)),
    ...shareLines(input),
    ...costLines(input),
    ...input.corrections.map((row) => correctionLine(input, row)),
  ];
  return [...lines, ...adjustmentLines(input, lines)].sort((a, b) => compareKeys(orderOf(a), orderOf(b)));
}

const orderOf = (l: StatementLine) => [
  LINE_KINDS.indexOf(l.kind),
  l.cluster,
  l.project,
  l.gpuModel,
  l.nodePool,
  l.sku,
  l.priceClass,
  l.priceKey,
  l.fromDay,
  l.key,
];

const nothing = ({ period }: StatementInput) => ({
  fromDay: period.fromDay,
  untilDay: period.untilDay,
  cluster: "",
  department: "",
  project: "",
  projectKey: 0,
  hardwareKey: 0,
  gpuModel: "",
  nodePool: "",
  sku: "" as const,
  priceClass: "" as const,
  priceKey: 0,
  priceVersion: null,
  quantity: null,
  unitPriceNanos: null,
  idleQuantity: 0,
  idleMicros: 0,
  observedMilli: 0,
  expectedMilli: 0,
  method: "" as const,
  weight: 0,
  weightTotal: 0,
  corrects: "",
  reason: "",
});

const clusterOf = ({ names }: StatementInput, id: string): string => names.clusters.get(id) ?? id;

/** Whose and where a line is, by its keys. */
function placeOf(input: StatementInput, projectKey: number, hardwareKey: number) {
  const hardware = input.names.hardware.get(hardwareKey);
  const project = input.names.projects.get(projectKey);
  return {
    cluster: clusterOf(input, hardware?.clusterId ?? project?.clusterId ?? ""),
    department: project?.department ?? "",
    project: project?.name ?? "",
    projectKey,
    hardwareKey,
    gpuModel: hardware?.gpuModel ?? "",
    nodePool: hardware?.nodePool ?? "",
  };
}

const what = (sku: keyof typeof SKU_WORDS, gpuModel: string): string =>
  (sku === "gpu" ? gpuModel : "") || SKU_WORDS[sku];

function usageLine(input: StatementInput, row: UsageRow): StatementLine {
  const place = placeOf(input, row.projectKey, row.hardwareKey);
  const gpu = row.sku === "gpu";
  const foreign = foreignPrice(input.names, row.priceKey, row.firstDay, row.unitPriceNanos);
  return {
    ...nothing(input),
    ...place,
    key: `usage/${row.projectKey}/${row.hardwareKey}/${row.sku}/${row.priceClass}/${row.priceKey}/${row.unitPriceNanos}`,
    kind: "usage",
    description: `${what(row.sku, place.gpuModel)}, ${row.priceClass}`,
    fromDay: row.firstDay,
    untilDay: addDays(row.lastDay, 1),
    sku: row.sku,
    priceClass: row.priceClass,
    priceKey: row.priceKey,
    priceVersion: input.names.versions.get(row.priceKey) ?? null,
    quantity: row.quantity,
    unitPriceNanos: row.unitPriceNanos,
    ...(foreign ? { foreign } : {}),
    amountMicros: row.amountMicros,
    idleQuantity: gpu ? sumOf(row.classes, IDLE, "milli") : 0,
    idleMicros: gpu ? sumOf(row.classes, IDLE, "micros") : 0,
    observedMilli: row.observedMilli,
    expectedMilli: row.expectedMilli,
  };
}

function shareLines(input: StatementInput): StatementLine[] {
  return input.shares
    .filter((row) => row.method !== "direct")
    .map((row) => {
      const cluster = clusterOf(input, row.clusterId);
      return {
        ...nothing(input),
        key: `share/${row.clusterId}/${row.costClass}/${row.method}`,
        // Cost that other systems billed stays imported cost, also where a policy splits it.
        kind: row.costClass === "shared" ? "cost" : "share",
        description: `${classWords(row.costClass)}, ${row.amountMicros < 0 && row.weight === 0 ? "moved to teams " : ""}${methodWords(row.method)}`,
        cluster,
        amountMicros: row.amountMicros,
        method: row.method,
        weight: row.weight,
        weightTotal: row.weightTotal,
      };
    });
}

/** Imported cost line by line; what no line of the team's own explains (cost of nobody that stays here) is the last. */
function costLines(input: StatementInput): StatementLine[] {
  const line = (clusterId: string, key: string, description: string, amountMicros: number): StatementLine => ({
    ...nothing(input),
    key: `cost/${clusterId}/${key}`,
    kind: "cost",
    description,
    cluster: clusterOf(input, clusterId),
    amountMicros,
    method: "direct",
  });
  const direct = input.shares.filter((row) => row.method === "direct");
  return direct.flatMap(({ clusterId, amountMicros }) => {
    const named = input.costs.filter((row) => row.clusterId === clusterId);
    const groups = Map.groupBy(named, (row) => JSON.stringify([row.category, row.description]));
    const own = [...groups].map(([key, rows]) => {
      const { category, description } = rows[0] as (typeof rows)[number];
      return line(
        clusterId,
        key,
        [category, description].filter(Boolean).join(": ") || "Imported cost",
        sumExactly(rows.map((r) => r.amountMicros)),
      );
    });
    const rest = amountMicros - sumExactly(own.map((l) => l.amountMicros));
    return rest === 0 ? own : [...own, line(clusterId, "rest", "Imported cost of no team", rest)];
  });
}

function correctionLine(input: StatementInput, row: CorrectionRow): StatementLine {
  const { origin, projectKey, hardwareKey, sku, priceClass } = row;
  const place = placeOf(input, projectKey, hardwareKey);
  const share = sku === "share";
  return {
    ...nothing(input),
    ...place,
    key: `correction/${origin.id}/${projectKey}/${hardwareKey}/${sku}/${priceClass}`,
    kind: "correction",
    description: `${share ? classWords(priceClass) : `${what(sku, place.gpuModel)}, ${priceClass}`}: correction of ${origin.id}`,
    fromDay: origin.fromDay,
    untilDay: origin.untilDay,
    sku: share ? "" : sku,
    priceClass: share ? "" : (priceClass as StatementLine["priceClass"]),
    quantity: share ? null : row.quantity,
    amountMicros: row.amountMicros,
    before: { ...row.before, ...(share ? { quantity: null } : {}) },
    corrects: row.corrects,
    reason: [...new Set(row.reasons)].sort().join(", "),
  };
}

/**
 * Answers to disputes, each with the line that was disputed. Inside one open period there is nothing to correct yet: such a line names no
 * statement.
 */
function adjustmentLines(input: StatementInput, disputed: readonly StatementLine[]): StatementLine[] {
  const nameOf = (key: string): string => {
    const line = disputed.find((l) => l.key === key);
    if (line) return [line.project, line.description].filter(Boolean).join(", ");
    const answer = input.adjustments.find((a) => `adjustment/${a.id}` === key);
    if (answer) return `an answer about ${answer.lineKey === undefined ? "another team" : nameOf(answer.lineKey)}`;
    return key === "" ? "the statement as a whole" : "a line that is gone";
  };
  const cameTo = new Map<string, Micros>();
  /** What is disputed, with the answers before; undefined: it is of another team, or gone. */
  const beforeOf = (key: string | undefined, amountMicros: Micros): Micros | undefined => {
    if (key === undefined) return undefined;
    const whole = key === "" ? disputed.map((l) => l.amountMicros) : undefined;
    const answered = input.adjustments.find((a) => `adjustment/${a.id}` === key)?.amountMicros;
    const own = whole ? sumExactly(whole) : (disputed.find((l) => l.key === key)?.amountMicros ?? answered);
    const before = cameTo.get(key) ?? own;
    if (before !== undefined) cameTo.set(key, sumExactly([before, amountMicros]));
    return before;
  };
  return input.adjustments.map((row) => ({
    ...nothing(input),
    ...besides(beforeOf(row.lineKey, row.amountMicros)),
    key: `adjustment/${row.id}`,
    kind: "correction",
    description: `${row.amountMicros < 0 ? "Credit" : "Debit"} that settles a dispute of ${row.lineKey === undefined ? "another team" : nameOf(row.lineKey)}`,
    amountMicros: row.amountMicros,
    reason: row.reason,
  }));
}

const besides = (before: Micros | undefined): Pick<StatementLine, "before"> =>
  before === undefined ? {} : { before: { quantity: null, amountMicros: before } };
