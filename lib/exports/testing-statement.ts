import fc from "fast-check";
import { CLASSES, type UsageClass } from "@/lib/classes.ts";
import { priceOf, roundToMinor, type Sku, sumExactly } from "@/lib/money.ts";
import type { Statement, StatementLine, StatementWorkload } from "@/lib/statements/types.ts";
import { dateOf, dayKey, monthInterval } from "@/lib/time.ts";

export const GIB_SECONDS = 1024;
export const GPU_HOUR = 3_600_000;

const BLANK: StatementLine = {
  key: "",
  kind: "usage",
  description: "",
  fromDay: 20261001,
  untilDay: 20261101,
  cluster: "east",
  department: "Research",
  project: "vision",
  projectKey: 7,
  hardwareKey: 1,
  gpuModel: "NVIDIA H100 80GB HBM3",
  nodePool: "h100",
  sku: "",
  priceClass: "",
  priceKey: 0,
  priceVersion: null,
  quantity: null,
  unitPriceNanos: null,
  amountMicros: 0,
  idleQuantity: 0,
  idleMicros: 0,
  observedMilli: 0,
  expectedMilli: 0,
  method: "",
  weight: 0,
  weightTotal: 0,
  corrects: "",
  reason: "",
};

/** A usage line of `quantity` base units, a tenth of it idle, three quarters observed. */
export function usageLine(quantity: number, unitPriceNanos: number, given: Partial<StatementLine> = {}): StatementLine {
  const sku: Sku = given.sku || "gpu";
  const idleQuantity = sku === "gpu" ? Math.trunc(quantity / 10) : 0;
  return {
    ...BLANK,
    key: `usage/${quantity}`,
    description: "NVIDIA H100 80GB HBM3, standard",
    priceClass: "standard",
    priceKey: 3,
    priceVersion: 2,
    quantity,
    unitPriceNanos,
    amountMicros: priceOf(quantity, sku, unitPriceNanos),
    idleQuantity,
    idleMicros: priceOf(idleQuantity, sku, unitPriceNanos),
    observedMilli: sku === "gpu" ? Math.trunc((quantity * 3) / 4) : 0,
    expectedMilli: sku === "gpu" ? quantity : 0,
    ...given,
    sku,
  };
}

export const amountLine = (amountMicros: number, given: Partial<StatementLine>): StatementLine => ({
  ...BLANK,
  key: `${given.kind}/${amountMicros}`,
  amountMicros,
  ...given,
});

interface Given {
  readonly lines?: readonly StatementLine[];
  readonly currency?: string;
  readonly month?: string;
  readonly zone?: string;
  readonly number?: string | null;
  readonly header?: Partial<Statement["header"]>;
}

const sumOf = (lines: readonly StatementLine[], kind: StatementLine["kind"]) =>
  sumExactly(lines.filter((l) => l.kind === kind).map((l) => l.amountMicros));

/** A statement whose header follows from its lines, as the builder of statements would make it. */
export function statementOf({ lines = [], currency = "USD", month = "2026-10", ...given }: Given = {}): Statement {
  const zone = given.zone ?? "Europe/Berlin";
  const number = given.number === undefined ? "GL-2026-10-0003" : given.number;
  const { start, end } = monthInterval(month, zone);
  const totalMicros = sumExactly(lines.map((l) => l.amountMicros));
  const roundedMicros = roundToMinor(totalMicros, currency);
  const gpu = lines.filter((l) => l.kind === "usage" && l.sku === "gpu");
  const classMicros = Object.fromEntries(CLASSES.map((c) => [c, 0])) as Record<UsageClass, number>;
  classMicros["dead-idle"] = sumExactly(gpu.map((l) => l.idleMicros));
  classMicros.active = sumExactly(gpu.map((l) => l.amountMicros)) - classMicros["dead-idle"];
  return {
    number,
    kind: totalMicros < 0 ? "credit-note" : "statement",
    state: number === null ? "draft" : "closed",
    generatedAt: end + 4 * 86_400,
    closedAt: number === null ? null : end + 4 * 86_400,
    hash: number === null ? null : "4f6c".repeat(16),
    lines,
    header: {
      issuer: "Acme GPU Platform",
      billingTimeZone: zone,
      currency,
      period: {
        id: month,
        fiscalYear: Number(month.slice(0, 4)),
        fromDay: dayKey(dateOf(start, zone)),
        untilDay: dayKey(dateOf(end, zone)),
        start,
        end,
      },
      team: { key: 12, name: "Vision", costCentre: "CC-4100", glAccount: "641000", owner: "Ada Lovelace" },
      usageMicros: sumOf(lines, "usage"),
      shareMicros: sumOf(lines, "share"),
      costMicros: sumOf(lines, "cost"),
      correctionMicros: sumOf(lines, "correction"),
      totalMicros,
      roundedMicros,
      roundingMicros: roundedMicros - totalMicros,
      previousMicros: null,
      idleQuantity: sumExactly(gpu.map((l) => l.idleQuantity)),
      idleMicros: classMicros["dead-idle"],
      observedMilli: sumExactly(gpu.map((l) => l.observedMilli)),
      expectedMilli: sumExactly(gpu.map((l) => l.expectedMilli)),
      classMicros,
      days: [],
      months: [],
      policies: ["Capacity that nobody used stays with the platform."],
      overrides: [],
      ...given.header,
    },
  };
}

/** A statement with one line of each kind, small enough to read: what golden files are made of. */
export function goldenStatement(): Statement {
  const month = (i: number) => (i < 2 ? `2025-${11 + i}` : `2026-${String(i - 1).padStart(2, "0")}`);
  return statementOf({
    lines: [
      usageLine(1_234_567_890, 2_500_000_000),
      usageLine(90_000, 1_100_000_000, { priceClass: "spot", priceKey: 4, description: "NVIDIA H100 80GB HBM3, spot" }),
      usageLine(40_000_000 * GIB_SECONDS, 4_200_000, {
        sku: "memory",
        description: "Memory",
        gpuModel: "",
        nodePool: "",
      }),
      amountLine(12_345_678, {
        kind: "share",
        description: "Unallocated capacity, in proportion to charges",
        project: "",
        projectKey: 0,
        method: "charges",
        weight: 860,
        weightTotal: 4_321,
      }),
      amountLine(500_000_000, {
        kind: "cost",
        description: "Object storage",
        gpuModel: "",
        nodePool: "",
        method: "direct",
      }),
      amountLine(-3_200_001, {
        kind: "correction",
        description: "NVIDIA H100 80GB HBM3, standard",
        fromDay: 20260901,
        untilDay: 20261001,
        sku: "gpu",
        priceClass: "standard",
        priceKey: 3,
        priceVersion: 1,
        quantity: -4_608_000,
        unitPriceNanos: 2_500_000_000,
        corrects: "GL-2026-09-0003",
        reason: "Node gpu-17 was down; its samples arrived late",
      }),
    ],
    header: {
      previousMicros: 812_450_000,
      budgetMicros: 1_500_000_000,
      days: Array.from({ length: 31 }, (_, i) => ({
        label: `2026-10-${String(i + 1).padStart(2, "0")}`,
        amountMicros: i === 11 ? null : 20_000_000 + ((i * 7919) % 30) * 1_000_000,
      })),
      months: Array.from({ length: 12 }, (_, i) => ({
        label: month(i),
        amountMicros: i < 3 ? null : i === 11 ? 1_413_180_000 : i === 10 ? 812_450_000 : 600_000_000 + i * 61_000_000,
      })),
      dispute: "Question a line in GPU Ledger until 10 November 2026, or write to gpu-platform@acme.example.",
    },
  });
}

/** Texts that have broken exporters: formulas, quotes, line ends, other scripts, right to left, controls. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "",
    "vision",
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\t=1",
    'a "quoted", name',
    "two\nlines\r\nthree",
    "Zürich Ærø Łódź",
    "Αθήνα Москва",
    "研究チーム",
    "שלום مرحبا",
    "\u202eevil\u202c",
    "👩‍🚀 team",
    "_x0041_",
    "'quoted",
    "NULL",
    "a\u0000b\u0008c\uffff",
    "\ud800 lone",
    "<b>&amp;</b>",
    "x".repeat(200),
  ),
  fc.string({ unit: "grapheme", maxLength: 24 }),
  fc.string({ unit: "binary", maxLength: 12 }),
);

const SKUS_OF: readonly Sku[] = ["gpu", "cpu", "memory", "gpu-memory"];

const line: fc.Arbitrary<StatementLine> = fc
  .record({
    text: hostileText,
    other: hostileText,
    quantity: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    unitPriceNanos: fc.oneof(
      fc.integer({ min: 0, max: 100_000_000_000 }),
      fc.constantFrom(1, 4_200_000, 2_500_000_000),
    ),
    sku: fc.constantFrom(...SKUS_OF),
    kind: fc.constantFrom(
      "usage" as const,
      "usage" as const,
      "usage" as const,
      "share" as const,
      "cost" as const,
      "correction" as const,
    ),
    amountMicros: fc.integer({ min: -900_000_000_000, max: 900_000_000_000 }),
  })
  .map(({ text, other, quantity, unitPriceNanos, sku, kind, amountMicros }): StatementLine => {
    if (kind === "usage") return usageLine(quantity, unitPriceNanos, { sku, description: text, project: other });
    const amount = amountLine(amountMicros, { kind, description: text, project: other });
    if (kind === "share") return { ...amount, method: "quota", weight: 3, weightTotal: 7 };
    if (kind === "correction")
      return { ...amount, fromDay: 20260901, untilDay: 20261001, corrects: "GL-2026-09-0003", reason: other };
    return amount;
  });

/** Statements of any size and sign, in currencies with none, two and three decimals, with texts that break exporters. */
export const anyStatement: fc.Arbitrary<Statement> = fc
  .record({
    lines: fc.array(line, { maxLength: 25 }),
    currency: fc.constantFrom("USD", "EUR", "JPY", "KWD"),
    number: fc.constantFrom("GL-2026-10-0003", null),
    zone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"),
    name: hostileText,
    owner: hostileText,
  })
  .map(({ lines, currency, number, zone, name, owner }) => {
    const keyed = lines.map((l, i) => ({ ...l, key: `line-${i}` }));
    const team = { key: 12, name, costCentre: "CC-4100", glAccount: "641000", owner };
    return statementOf({ lines: keyed, currency, number, zone, header: { team, issuer: owner || "Acme" } });
  });

/** `count` workloads of a statement, page by page. */
export async function* workloadPages(count: number, text = "train"): AsyncGenerator<StatementWorkload[]> {
  const page = 1000;
  for (let from = 0; from < count; from += page)
    yield Array.from({ length: Math.min(page, count - from) }, (_, i) => ({
      workloadId: `wl-${from + i}`,
      name: `${text}-${from + i}`,
      projectKey: 7,
      project: "vision",
      user: `user${i % 40}@acme.example`,
      category: "Train",
      gpuModel: "NVIDIA H100 80GB HBM3",
      startedAt: i % 9 === 0 ? null : 1_790_000_000 + i,
      endedAt: i % 5 === 0 ? null : 1_790_100_000 + i,
      quantity: 1_000_003 * (from + i),
      amountMicros: priceOf(1_000_003 * (from + i), "gpu", 2_500_000_000),
      idleMicros: from + i,
      observedMilli: 10 * i,
      expectedMilli: 12 * i,
    }));
}
