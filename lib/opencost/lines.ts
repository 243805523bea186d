import { stringify } from "csv-stringify/sync";
import { DayRules } from "@/lib/attribution/resolve.ts";
import type { Team, TeamRule } from "@/lib/attribution/types.ts";
import { COST_COLUMNS } from "@/lib/costs/csv.ts";
import { formatMicros } from "@/lib/money.ts";
import { COST_PARTS, type CostPart } from "@/lib/sources/namespace-cost.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import type { NamespacedProject } from "./store.ts";
import type { NamespaceDay } from "./types.ts";

const CATEGORY: Readonly<Record<CostPart, string>> = {
  cpu: "CPU",
  memory: "Memory",
  storage: "Storage",
  network: "Network",
  "load-balancer": "Load balancer",
};
const microsOf = (row: NamespaceDay): Readonly<Record<CostPart, number | null>> => ({
  cpu: row.cpuMicros,
  memory: row.memoryMicros,
  storage: row.storageMicros,
  network: row.networkMicros,
  "load-balancer": row.loadBalancerMicros,
});

/** The name of the import of a day: another reading of it replaces the one of its name. */
export const importName = (cluster: string, day: number): string => `OpenCost, ${cluster}, ${dateOfKey(day)}`;

/** Who pays for a namespace: the team that rules give work of it, without user and labels; empty: no rule matches, the policy for shared cost decides. */
export function teamNamer(
  rules: readonly TeamRule[],
  projects: readonly NamespacedProject[],
  teams: readonly Team[],
  day: number,
): (clusterId: string, namespace: string) => string {
  const ofDay = new DayRules(rules, day);
  const byNamespace = new Map(projects.map((p) => [`${p.clusterId}/${p.namespace}`, p]));
  const names = new Map(teams.filter((t) => t.archivedAt === null).map((t) => [t.key, t.name]));
  return (clusterId, namespace) => {
    if (namespace === "") return "";
    const { name: project = "", department = "" } = byNamespace.get(`${clusterId}/${namespace}`) ?? {};
    const rule = ofDay.find({ clusterId, namespace, project, department, user: "", labels: {} });
    return (rule && names.get(rule.teamKey)) ?? "";
  };
}

/** A day of a cluster as a file of cost lines: one for each namespace and part that costs something. GPU cost is never in it. */
export function costFile(
  rows: readonly NamespaceDay[],
  parts: readonly CostPart[],
  teamName: (clusterId: string, namespace: string) => string,
): { readonly text: string; readonly lines: number } {
  const wanted = COST_PARTS.filter((part) => parts.length === 0 || parts.includes(part));
  const lines = rows.flatMap((row) => {
    const amounts = microsOf(row);
    return wanted.flatMap((part) => {
      const micros = amounts[part];
      if (!micros) return [];
      const { clusterId, day, namespace, currency } = row;
      return [
        [
          ...[dateOfKey(day), dateOfKey(addDays(day, 1)), teamName(clusterId, namespace), clusterId, CATEGORY[part]],
          ...[namespace === "" ? "in no namespace" : `namespace ${namespace}`, formatMicros(micros), currency],
        ],
      ];
    });
  });
  return { text: stringify([[...COST_COLUMNS], ...lines]), lines: lines.length };
}

/**
 * Namespaces of which something that cost something when it was read before is unknown now: a part without a figure, or the whole of it. What is
 * 0 now, or is no longer there, is known.
 * @param unreadable namespaces that are in the answer and could not be read.
 */
export function unknownSince(
  before: readonly NamespaceDay[],
  rows: readonly NamespaceDay[],
  parts: readonly CostPart[],
  unreadable: ReadonlySet<string>,
): string[] {
  const now = new Map(rows.map((row) => [row.namespace, row]));
  const wanted = COST_PARTS.filter((part) => parts.length === 0 || parts.includes(part));
  return before.flatMap((row) => {
    const next = now.get(row.namespace);
    const isLost = (part: CostPart) =>
      Boolean(microsOf(row)[part]) && (next ? microsOf(next)[part] === null : unreadable.has(row.namespace));
    return wanted.some(isLost) ? [row.namespace || "what is in no namespace"] : [];
  });
}
