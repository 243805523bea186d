import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { formatDay } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { count, day, drawn, gpuHours, moneyIn, text } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { listClusterNames, listRules } from "@/lib/attribution/rule-store.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { isBuiltIn, PLATFORM_TEAM, type TeamRule } from "@/lib/attribution/types.ts";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { env } from "@/lib/env.ts";
import {
  daysOfPeriod,
  loadTeamProjects,
  loadTeams,
  loadUnassigned,
  type TeamProject,
  type TeamRow,
} from "@/lib/pages/teams.ts";
import type { OfProject } from "@/lib/previews/rule.ts";
import { dateOf, dateOfKey, dayKey } from "@/lib/time.ts";
import { paramsOf } from "./rule-form.ts";
import { projectColumn, workColumns } from "./work-columns.ts";

/** In front of the names of the lists below the first. */
const UNASSIGNED = "unassigned-";
const RULES = "rules-";
export const TEAM_NAMES = [...tableNames(), ...tableNames(UNASSIGNED), ...tableNames(RULES), "saved"];

/** The teams and what each is charged. */
export async function readTeams(input: PageInput): Promise<Listed<TeamRow>> {
  const days = daysOfPeriod(input.period, input.billingZone);
  const rows = await loadTeams(input.ctx, days, dayKey(dateOf(input.now, input.billingZone)));
  const corrected = rows.some((r) => r.correctionMicros !== 0);
  const place = { label: "Cost by team", path: "/teams", list: "teams" };
  const view = readView(input, teamColumns(env().LEDGER_CURRENCY, corrected), place);
  return { view, rows: sortRows(rows, view) };
}

function teamColumns(currency: string, corrected: boolean): readonly TableColumn<TeamRow>[] {
  const money = moneyIn(currency);
  const change = { change: true, total: true } as const;
  const rules = (r: TeamRow) => (isBuiltIn(r.key) && r.key !== PLATFORM_TEAM ? null : r.rules);
  return [
    text("team", "Team", (r) => r.name, {
      link: (r, { carry }) => href(`/teams/${r.key}`, carry),
      note: (r) => (r.archivedAt === null ? null : "archived"),
    }),
    text("cost_centre", "Cost centre", (r) => r.costCentre, { unknown: "The team has no cost centre" }),
    gpuHours("gpu_hours", "GPU-hours", (r) => r.gpuMilli, { total: true }),
    money("own", "Own work", (r) => r.chargedMicros, { total: true }),
    money("idle", "of it idle", (r) => r.idleMicros, { total: true }),
    money("shared", "Shared", (r) => r.sharedMicros, change),
    ...(corrected ? [money<TeamRow>("corrections", "Corrections", (r) => r.correctionMicros, change)] : []),
    money("total", "Total", (r) => r.totalMicros, { total: true, lead: true, look: ["strong"] }),
    count("rules", "Rules", rules),
  ];
}

/** What no rule matches, by project, each with the way to a rule for it. */
export async function readUnassigned(input: PageInput): Promise<Listed<OfProject>> {
  const { ctx, billingZone } = input;
  const rows = await loadUnassigned(ctx, daysOfPeriod(input.period, billingZone), billingZone);
  const day = dateOf(input.now, billingZone);
  const columns: readonly TableColumn<OfProject>[] = [
    projectColumn(),
    ...workColumns<OfProject>(env().LEDGER_CURRENCY),
    drawn("act", "Act", ({ project }) => (
      <a
        className="text-accent"
        href={href("/teams/rules", { act: "add", kind: "project", pattern: project || "*", day })}
      >
        Make a rule<span className="sr-only"> for {project}</span>
      </a>
    )),
  ];
  const place = { label: "Unassigned", path: "/teams", list: "unassigned", prefix: UNASSIGNED };
  const view = readView(input, columns, place);
  return { view, rows: sortRows(rows, view) };
}

/** The projects that a team is charged for. */
export async function readTeamProjects(input: PageInput, team: number): Promise<Listed<TeamProject>> {
  const rows = await loadTeamProjects(input.ctx, team, daysOfPeriod(input.period, input.billingZone));
  const columns: readonly TableColumn<TeamProject>[] = [
    text("project", "Project", (p) => p.name, { link: (p, { carry }) => href(`/projects/${p.key}`, carry) }),
    text("cluster", "Cluster", (p) => p.cluster),
    gpuHours("gpu_hours", "GPU-hours", (p) => p.gpuMilli, { total: true }),
    moneyIn(env().LEDGER_CURRENCY)("cost", "Cost", (p) => p.amountMicros, { lead: true, total: true }),
  ];
  const view = readView(input, columns, { label: "Projects of the team", path: `/teams/${team}` });
  const csv = href("/download/team-projects", { ...input.params, team: String(team) });
  return { view: { ...view, csv }, rows: sortRows(rows, view) };
}

interface NumberedRule extends TeamRule {
  /** Its place among those that hold or will, from 1. */
  readonly number: number;
}

export interface RuleLists extends Listed<NumberedRule> {
  /** Those that have ended. */
  readonly past: readonly NumberedRule[];
  readonly byLabel: boolean;
}

/** The rules in their order: the first that matches decides. */
export async function readRules(input: PageInput): Promise<RuleLists> {
  const { viewer } = input.ctx;
  const db = readerFor(input.ctx, "teams.read");
  const [rules, teams, clusters] = await Promise.all([listRules(db), listTeams(db), listClusterNames(db)]);
  const today = dateOf(input.now, input.billingZone);
  const teamOf = new Map(teams.map((t) => [t.key, t.name]));
  const clusterOf = new Map(clusters.map((c) => [c.id, c.name]));
  const columns: readonly TableColumn<NumberedRule>[] = [
    count("number", "No.", (r) => r.number, { look: ["faint"] }),
    text("where", "Where", ({ kind, label, pattern }) => `${kind}${label && ` ${label}`} is ${pattern}`, {
      ...{ lead: true, note: (r) => r.clusterId && `in ${clusterOf.get(r.clusterId) ?? r.clusterId}` },
    }),
    text("team", "Team", (r) => teamOf.get(r.teamKey) ?? String(r.teamKey), { link: (r) => `/teams/${r.teamKey}` }),
    day("from", "From", (r) => r.fromDay),
    text("until", "Until", (r) => (r.untilDay === null ? "no end date" : dateOfKey(r.untilDay)), {
      look: ["whole"],
      cell: (r) => (r.untilDay === null ? "no end date" : formatDay(r.untilDay)),
    }),
    ...(mayDo(viewer, "teams.edit")
      ? [drawn<NumberedRule>("act", "Act", (r) => <RuleActs rule={r} today={today} />)]
      : []),
  ];
  const over = (r: TeamRule) => r.untilDay !== null && r.untilDay <= dayKey(today);
  const numbered = (list: readonly TeamRule[]) => list.map((r, i) => ({ ...r, number: i + 1 }));
  const view = readView(input, columns, { label: "Rules", path: "/teams", list: "rules", prefix: RULES });
  return {
    view,
    rows: sortRows(numbered(rules.filter((r) => !over(r))), view),
    past: numbered(rules.filter(over)),
    byLabel: rules.some((r) => r.kind === "label"),
  };
}

const ACTS = { change: "Change", move: "Move", end: "End" } as const;

function RuleActs({ rule, today }: { rule: NumberedRule; today: string }) {
  return (
    <span className="no-print flex gap-3">
      {(["change", "move", "end"] as const).map((act) => (
        <a key={act} className="text-accent" href={href("/teams/rules", { ...paramsOf(rule, today), act })}>
          {ACTS[act]}
          <span className="sr-only"> rule {rule.number}</span>
        </a>
      ))}
    </span>
  );
}
