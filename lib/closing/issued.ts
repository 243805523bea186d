import { z } from "zod";
import { formatInstant } from "@/lib/time.ts";
import { statementNumber } from "./number.ts";

const integer = z.number().int();

/** Running numbers of one fiscal year, both ends counted. */
const numbersSchema = z.object({ fiscalYear: integer, first: integer, last: integer });
export type Numbers = z.output<typeof numbersSchema>;

/** A close with the numbers that it issued; null where it has no statement. */
const issuedSchema = z.object({
  periodId: z.string(),
  hash: z.string(),
  closedAt: integer,
  closedBy: z.string(),
  numbers: numbersSchema.nullable(),
});
export type IssuedClose = z.output<typeof issuedSchema>;

/** What a restore writes into the audit log of the restored ledger: closes that are not in it, whose numbers stay issued. */
const undoneSchema = z.object({ undone: z.array(issuedSchema) });

/** @returns the closes that a restore undid. @throws ZodError if the text is not what a restore wrote. */
export const readUndone = (after: string): IssuedClose[] => undoneSchema.parse(JSON.parse(after)).undone;

/** What a ledger has issued: by its closes, and by those that were undone in it. */
export interface Issued {
  readonly closes: readonly IssuedClose[];
  readonly undone: readonly IssuedClose[];
}

/** The closes of a ledger that another one, which takes its place, does not have: another close of the same period is not the same. */
export function closesLost(current: Issued, next: Issued): IssuedClose[] {
  const kept = new Set(next.closes.map((c) => c.hash));
  return current.closes.filter((c) => !kept.has(c.hash));
}

/** What the ledger that takes the place of another must remember as issued and undone, and does not yet. */
export function undoneToRecord(current: Issued, next: Issued): IssuedClose[] {
  const known = new Set([...next.closes, ...next.undone].map((c) => c.hash));
  return [...closesLost(current, next), ...current.undone].filter((c) => !known.has(c.hash));
}

/** The highest running number ever issued in a fiscal year; 0: none. */
export function highestOf({ closes, undone }: Issued, fiscalYear: number): number {
  const last = [...closes, ...undone].map((c) => (c.numbers?.fiscalYear === fiscalYear ? c.numbers.last : 0));
  return Math.max(0, ...last);
}

/** Whether undone closes account for every number that is missing. @param missing both ends counted. */
export function explains(undone: readonly IssuedClose[], missing: Numbers): boolean {
  const ranges = undone
    .flatMap((c) => (c.numbers?.fiscalYear === missing.fiscalYear ? [c.numbers] : []))
    .sort((a, b) => a.first - b.first);
  let next = missing.first;
  for (const { first, last } of ranges) if (first <= next) next = Math.max(next, last + 1);
  return next > missing.last;
}

/** A close in a line: its period, who closed it when, and its numbers. */
export function closeWords({ periodId, closedAt, closedBy, numbers }: IssuedClose): string {
  const closed = closedAt > 0 ? `, closed ${formatInstant(closedAt)} by ${closedBy}` : "";
  return `${periodId}${closed}, ${numbers ? numbersWords(periodId, numbers) : "no statements"}`;
}

function numbersWords(periodId: string, { first, last }: Numbers): string {
  const [from, to] = [statementNumber(periodId, first), statementNumber(periodId, last)];
  return first === last ? `statement ${from}` : `statements ${from} to ${to}`;
}
