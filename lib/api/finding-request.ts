import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import type { FindingFilter } from "@/lib/insights/findings/load.ts";
import { type FindingState, STATES } from "@/lib/insights/findings/types.ts";
import { RULES } from "@/lib/insights/rules/index.ts";
import { listVisibleTeams } from "@/lib/reports/read/cost-scope.ts";
import { parseEdge } from "@/lib/time.ts";
import { type Format, parseFormat } from "./report-request.ts";

type Names = "from" | "to" | "rule" | "state" | "team" | "workload" | "format";

/** What a request asks of findings. @throws AppError `invalid` naming a parameter that cannot be read. */
export async function findingFilter(
  ctx: Ctx,
  { from, to, rule, state, team, workload, format }: Readonly<Partial<Record<Names, string>>>,
): Promise<{ filter: FindingFilter; format: Format }> {
  const { zone } = ctx.ledger;
  const one = (name: string, value: string | undefined, known: readonly string[]) => {
    if (value && !known.includes(value))
      throw new AppError("invalid", `${name}: "${value}" does not exist. Use one of ${known.join(", ")}.`);
    return value ? [value] : undefined;
  };
  const teams = team ? await listVisibleTeams(ctx) : [];
  const teamKey = teams.find((t) => String(t.key) === team || t.name === team)?.key;
  if (team && teamKey === undefined) throw new AppError("not_found", `There is no team "${team}" that you may see.`);
  return {
    format: parseFormat(format ?? "json"),
    filter: {
      from: from ? parseEdge(from, zone) : undefined,
      to: to ? parseEdge(to, zone) : undefined,
      rules: one(
        "rule",
        rule,
        RULES.map((r) => r.slug),
      ),
      states: one("state", state, STATES) as readonly FindingState[] | undefined,
      teamKey,
      workloadId: workload || undefined,
    },
  };
}
