import type { Statement } from "@/lib/statements/types.ts";

/** `GL-2026-10-0007`: the period, and a number that runs without gaps through its fiscal year, but for closes that a restore undid. */
export const statementNumber = (periodId: string, n: number): string => `GL-${periodId}-${String(n).padStart(4, "0")}`;

/** The running number of a statement. */
export const runningNumber = (number: string): number => Number(/-(\d+)$/.exec(number)?.[1] ?? Number.NaN);

/** Statements with their numbers, in their order. @param before the highest that the fiscal year has already. */
export function numberStatements(list: readonly Statement[], periodId: string, before: number): Statement[] {
  return list.map((statement, i) => ({ ...statement, number: statementNumber(periodId, before + i + 1) }));
}
