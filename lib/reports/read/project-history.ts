import type { Ctx } from "@/lib/ctx.ts";
import type { Period } from "@/lib/reports/report.ts";
import { factsAt, loadFormer } from "@/lib/sync/facts/former-facts-store.ts";
import { daysOf, type Instant } from "@/lib/time.ts";
import type { Scope } from "./scope.ts";

export interface ProjectName {
  readonly name: string;
  readonly department: string;
}

/** A part of a period in which every project kept its name and department, by whole days. */
export interface NamedPart {
  readonly period: Period;
  project(key: number): ProjectName | undefined;
}

/**
 * The period in parts by what projects were called and where they belonged, as charges have it: a day counts under what
 * held at its end. One part where nothing changed.
 */
export async function namedParts(
  { db, ledger }: Pick<Ctx, "db" | "ledger">,
  scope: Scope,
  period: Period,
): Promise<NamedPart[]> {
  const former = await loadFormer(db, "project", period.start);
  const nameAt = (key: number, at: Instant): ProjectName | undefined => {
    const now = scope.project(key);
    const was = factsAt(null, former.get(key), at);
    return now && was ? { name: was.name, department: was.department } : now;
  };
  const isMove = (key: number, at: Instant) => {
    const [was, is] = [nameAt(key, at - 1), nameAt(key, at)];
    return was?.name !== is?.name || was?.department !== is?.department;
  };
  const moves = [...former].flatMap(([key, list]) => list.flatMap((f) => (isMove(key, f.untilAt) ? [f.untilAt] : [])));
  // The day of a move counts under what holds at its end.
  const cuts = new Set(moves.flatMap((at) => daysOf({ start: at, end: at + 1 }, ledger.zone).map((d) => d.start)));
  const inside = [...cuts].filter((at) => at > period.start && at < period.end).sort((a, b) => a - b);
  if (!inside.length) return [{ period, project: (key) => nameAt(key, period.end - 1) }];
  const edges = [period.start, ...inside, period.end];
  return edges.slice(0, -1).map((start, i) => {
    const end = edges[i + 1] as Instant;
    return { period: { label: period.label, start, end }, project: (key) => nameAt(key, end - 1) };
  });
}
