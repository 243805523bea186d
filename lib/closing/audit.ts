import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { chargeDay } from "@/lib/charges/charge.ts";
import type { DayCharges, DayInput } from "@/lib/charges/day.ts";
import { loadChargeRules, loadDay, loadPlaces } from "@/lib/charges/day-load.ts";
import { listDueDays } from "@/lib/charges/due-store.ts";
import { type DayTie, tieDay } from "@/lib/charges/identity.ts";
import { loadCharges } from "@/lib/charges/load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { addExactly, type ExactMicros, sumExactly, sumMicros } from "@/lib/money.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { type ClosedPeriod, daysIn, needPeriod, type PeriodView } from "@/lib/periods/period.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import { correctDay } from "@/lib/statements/correct.ts";
import { listKept } from "@/lib/statements/correct-store.ts";
import { statementsOf } from "@/lib/statements/load.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { dateOfKey, dayOfKey } from "@/lib/time.ts";
import { type FrozenRow, loadFrozenRows, loadRaw } from "./audit-load.ts";
import { explains } from "./issued.ts";
import { loadUndone } from "./issued-store.ts";
import { runningNumber } from "./number.ts";
import { ChargesHash, hashClose, hashStatement } from "./seal.ts";
import { loadTies, type Tie } from "./tie-load.ts";

export interface Audit {
  readonly view: PeriodView;
  /** Each in words: what does not hold, and where. */
  readonly faults: readonly string[];
  /** What is not settled yet and therefore was not looked at. */
  readonly waiting: readonly string[];
  /** Each hardware's day: capacity × rate against charges. */
  readonly ties: readonly Tie[];
  readonly statements: number;
  readonly totalMicros: ExactMicros;
}

/**
 * Recomputes a period and compares it with what is stored: identity day by day with a residual of 0, statements against
 * their lines and against charges, shares and corrections, numbers, hashes and the chain.
 */
export async function auditPeriod(ctx: Ctx, settings: CloseSettings, periodId: string): Promise<Audit> {
  const { db } = ctx;
  const periods = await loadPeriods(db, settings, ctx.now());
  const view = needPeriod(periods, periodId);
  const due = new Set((await listDueDays(db, view.close ? "closed" : "open", view.period)).map((d) => d.day));
  const [rules, places] = await Promise.all([loadChargeRules(db, settings.currency), loadPlaces(db)]);
  const [faults, waiting] = [[] as string[], [] as string[]];
  const closed = view.close !== null;
  const hash = new ChargesHash();
  for (const day of daysIn(view.period)) {
    const [input, stored] = await Promise.all([
      loadDay(db, dayOfKey(day, settings.calendar.zone), rules, places),
      loadCharges(db, day),
    ]);
    hash.add(stored.charges, stored.shares);
    faults.push(...tieDay(input, { ...stored, teamDays: [] }).flatMap(tieFaults(closed)));
    if (due.has(day)) waiting.push(`${dateOfKey(day)} changed and is not charged again yet: ledger charge`);
    else faults.push(...(await dayFaults(ctx, input, stored, closed)));
  }
  const statements = await statementsOf(db, settings, periods, view, { team: null, now: ctx.now() });
  const ties = await loadTies(ctx, view.period, settings.calendar.zone);
  faults.push(...ties.flatMap(tieFaults(closed)), ...ties.flatMap(capacityFaults), ...statements.flatMap(sumFaults));
  faults.push(...(await totalFaults(ctx, periods, view, statements)));
  if (view.close) faults.push(...(await sealFaults(ctx, view.close, hash.digest())));
  const totalMicros = sumMicros(statements.map((s) => s.header.totalMicros));
  return { view, faults: [...new Set(faults)], waiting, ties, statements: statements.length, totalMicros };
}

/** Of a closed day only the products must hold: what was metered since is in its corrections. */
const tieFaults = (closed: boolean) => (t: DayTie) => {
  const milli = closed ? 0 : t.residualMilli;
  if (milli === 0 && t.residualMicros === 0) return [];
  return [
    `${dateOfKey(t.day)}, hardware ${t.hardwareKey}: ${milli} milli-GPU-seconds and ${t.residualMicros} micro-units are left.`,
  ];
};

/** Every GPU-second of capacity is in one class, those of overlap beside them. */
const capacityFaults = (t: Tie): string[] =>
  t.unclassedMilli === 0
    ? []
    : [
        `${dateOfKey(t.day)}, hardware ${t.hardwareKey}: its classes are ${t.unclassedMilli} milli-GPU-seconds off capacity and overlap.`,
      ];

/** What a day comes to now is what was frozen and what corrections hold; of an open day, what is stored. */
async function dayFaults(
  { db }: Ctx,
  input: DayInput,
  stored: Omit<DayCharges, "teamDays">,
  closed: boolean,
): Promise<string[]> {
  const kept = closed ? await listKept(db, input.day) : [];
  return correctDay(stored, kept, chargeDay(input)).map(
    (d) =>
      `${dateOfKey(input.day)}, team ${d.teamKey}, project ${d.projectKey}, hardware ${d.hardwareKey}, ${d.sku} ${d.priceClass}: ${d.amountMicros} micro-units differ from what usage and prices make.`,
  );
}

function sumFaults({ number, header, lines }: Statement): string[] {
  const name = number ?? header.team.name;
  const sum = sumExactly(lines.map((l) => l.amountMicros));
  const { usageMicros, shareMicros, costMicros, correctionMicros } = header;
  const parts = sumExactly([usageMicros, shareMicros, costMicros, correctionMicros]);
  const out: string[] = [];
  if (sum !== header.totalMicros) out.push(`${name}: its lines sum to ${sum}, its total is ${header.totalMicros}.`);
  if (parts !== header.totalMicros) out.push(`${name}: its parts sum to ${parts}, its total is ${header.totalMicros}.`);
  if (header.roundedMicros - header.roundingMicros !== header.totalMicros)
    out.push(`${name}: its rounding line does not lead from its total to the rounded one.`);
  return out;
}

/** Σ teams + platform = Σ charges + imported cost + what is corrected: nothing is lost between days and statements. */
async function totalFaults(
  { db }: Ctx,
  periods: readonly PeriodView[],
  view: PeriodView,
  statements: readonly Statement[],
): Promise<string[]> {
  const rows = await loadFrozenRows(db, periods, view);
  const expected = new Map<number, number>();
  const add = ({ teamKey, micros }: FrozenRow) => expected.set(teamKey, addExactly(expected.get(teamKey) ?? 0, micros));
  for (const row of rows) add(row);
  const out: string[] = [];
  for (const { header } of statements) {
    const micros = expected.get(header.team.key) ?? 0;
    expected.delete(header.team.key);
    if (micros !== header.totalMicros)
      out.push(`${header.team.name}: its days sum to ${micros}, its statement says ${header.totalMicros}.`);
  }
  for (const [team, micros] of expected)
    if (micros !== 0) out.push(`Team ${team === PLATFORM_TEAM ? "Platform" : team} has ${micros} and no statement.`);
  return out;
}

/** Hashes of one close: its statements, then the close itself. */
async function sealFaults(ctx: Ctx, close: ClosedPeriod, chargesHash: string): Promise<string[]> {
  const raw = await loadRaw(ctx.db, close.periodId);
  const out: string[] = [];
  for (const s of raw)
    if (hashStatement(s) !== s.hash) out.push(`${s.number}: its hash is not that of its lines: it was changed.`);
  const { hash, ...rest } = close;
  const statements = raw.map((s) => [s.number as string, s.hash as string] as const);
  if (hashClose({ ...rest, chargesHash, statements }) !== hash)
    out.push(`${close.periodId}: its hash is not that of its charges and statements: something of it was changed.`);
  return out;
}

/** The chain of closes and the numbers: cheap, without charges. */
export async function verifyChain(ctx: Ctx, settings: CloseSettings): Promise<string[]> {
  const periods = await loadPeriods(ctx.db, settings, ctx.now());
  const closes = periods.flatMap((p) => (p.close ? [p.close] : [])).sort((a, b) => a.sequence - b.sequence);
  const out: string[] = [];
  const numbers = new Map<number, number>();
  const undone = await loadUndone(ctx.db);
  let previous = "";
  for (const [i, close] of closes.entries()) {
    if (close.sequence !== i + 1) out.push(`${close.periodId}: it is ${close.sequence} of the chain, not ${i + 1}.`);
    if (close.previousHash !== previous) out.push(`${close.periodId}: it does not follow from the close before.`);
    previous = close.hash;
    const raw = await loadRaw(ctx.db, close.periodId);
    for (const s of raw) {
      const year = s.header.period.fiscalYear;
      const expected = (numbers.get(year) ?? 0) + 1;
      const n = runningNumber(s.number ?? "");
      const missing = { fiscalYear: year, first: expected, last: n - 1 };
      if (n !== expected && !(n > expected && explains(undone, missing)))
        out.push(`${s.number}: number ${expected} of fiscal year ${year} is missing.`);
      numbers.set(year, n);
      if (hashStatement(s) !== s.hash) out.push(`${s.number}: its hash is not that of its lines: it was changed.`);
    }
    const total = sumMicros(raw.map((s) => s.header.totalMicros));
    if (total !== close.totalMicros)
      out.push(`${close.periodId}: its statements sum to ${total}, the close says ${close.totalMicros}.`);
  }
  return out;
}
