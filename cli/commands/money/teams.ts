import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { clusterIdOf, column, teamNamed, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import type { RuleActInput } from "@/lib/attribution/input.ts";
import { changeRules } from "@/lib/attribution/rule-changes.ts";
import { listClusterNames, listRules } from "@/lib/attribution/rule-store.ts";
import { archiveTeam, changeTeam, createTeam, restoreTeam } from "@/lib/attribution/team-changes.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { RULE_KINDS, type RuleKind, type Team, type TeamRule } from "@/lib/attribution/types.ts";
import { type Ctx, ledgerOf, systemNow } from "@/lib/ctx.ts";
import { holdsOn } from "@/lib/dated.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { formatMicros } from "@/lib/money.ts";
import type { Days } from "@/lib/previews/load.ts";
import type { WorkSum } from "@/lib/previews/rule.ts";
import { type ActPreview, previewAct } from "@/lib/previews/rule-act.ts";
import { parseBillingPeriod } from "@/lib/reports/period.ts";
import { addDays, dateOf, dateOfKey, dayKey, parseDay } from "@/lib/time.ts";
import { gpuHoursDecimal } from "@/lib/units.ts";

interface Booking {
  readonly name?: string;
  readonly costCentre?: string;
  readonly glAccount?: string;
  readonly owner?: string;
  readonly reason?: string;
}

interface RuleOptions {
  readonly team?: string;
  readonly kind?: string;
  readonly label?: string;
  readonly pattern?: string;
  readonly cluster?: string;
  readonly from?: string;
  readonly until?: string;
  readonly before?: string;
  readonly on?: string;
  readonly dryRun?: boolean;
  readonly month?: string;
  readonly reason?: string;
}

const today = (): number => dayKey(dateOf(systemNow(), env().BILLING_TIME_ZONE));
const dayOr = (text: string | undefined, fallback: number): number => (text === undefined ? fallback : parseDay(text));

export function register(program: Command, io: Io): void {
  const teams = program
    .command("teams")
    .summary("teams, and the rules that say what is whose")
    .description(
      "Teams pay. Rules, in order, say whose a workload is on a day: by label, namespace, project, department or user.",
    );
  registerTeams(teams, io);
  registerRules(teams, io);
  teams.addHelpText(
    "after",
    `
Examples:
  npm run --silent ledger -- teams add Vision --cost-centre CC-7100
  npm run --silent ledger -- teams add-rule --team Vision --kind project --pattern 'vision*' --from 2026-11-01 --dry-run
  npm run --silent ledger -- teams change-rule 3f2a91c0 --team Labs --from 2026-12-01 --reason "moved to Labs"
  npm run --silent ledger -- teams rules --on 2026-12-01`,
  );
}

const booking = (command: Command): Command =>
  command
    .option("--cost-centre <text>", "the cost centre that its cost is booked on")
    .option("--gl-account <text>", "the account of the general ledger")
    .option("--owner <text>", "who answers for its budget")
    .option("--reason <text>", "why, for the audit log");

function registerTeams(teams: Command, io: Io): void {
  teams
    .command("list")
    .description("Lists, as CSV, every team with where its cost is booked.")
    .action(() => withCtx({ mustExist: true }, (ctx) => listAll(io, ctx)));
  booking(teams.command("add").argument("<name>", "what it is called").description("Makes a team.")).action(
    (name: string, { reason, ...given }: Booking) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const team = await createTeam(ctx, { ...given, name }, reason);
        io.note(
          `Team ${team.name} created. Next, add a rule that assigns workloads to it: ledger teams add-rule --team "${team.name}" …`,
        );
      }),
  );
  booking(
    teams
      .command("change")
      .argument("<team>", "its name")
      .description("Changes what is given; the rest stays.")
      .option("--name <text>", "another name"),
  ).action((wanted: string, { reason, ...given }: Booking) =>
    withCtx({ mustExist: true }, async (ctx) => {
      const team = await teamNamed(ctx, wanted);
      const { name, costCentre, glAccount, owner } = team;
      await changeTeam(ctx, team.key, { name, costCentre, glAccount, owner, ...given }, reason);
      io.note(`Changed team ${given.name ?? name}.`);
    }),
  );
  for (const [act, verb, text] of [
    ["archive", archiveTeam, "Archives a team that no rule uses; its history stays."],
    ["restore", (ctx: Ctx, key: number, _: number, why?: string) => restoreTeam(ctx, key, why), "Takes it back."],
  ] as const)
    teams
      .command(act)
      .argument("<team>", "its name")
      .description(text)
      .option("--reason <text>", "why, for the audit log")
      .action((wanted: string, { reason }: Booking) =>
        withCtx({ mustExist: true }, async (ctx) => {
          const team = await verb(ctx, (await teamNamed(ctx, wanted)).key, today(), reason);
          io.note(`${team.name} is ${team.archivedAt === null ? "in use" : "archived"}.`);
        }),
      );
}

function registerRules(teams: Command, io: Io): void {
  teams
    .command("rules")
    .description("Lists, as CSV, the rules that hold on a day, in their order: the first that matches decides.")
    .option("--on <date>", "which day; today where it is not given")
    .option("--all", "every rule that ever held")
    .action((options: { on?: string; all?: boolean }) =>
      withCtx({ mustExist: true }, (ctx) => listInForce(io, ctx, options)),
    );
  const act = (name: string, text: string, build: (ctx: Ctx, id: string, o: RuleOptions) => Promise<RuleActInput>) => {
    const command = teams.command(name).description(text);
    if (name !== "add-rule") command.argument("<rule>", "its id, as `teams rules` lists it");
    return command
      .option("--dry-run", "only show what it would change")
      .option(
        "--month <month>",
        "the month (YYYY-MM) or billing period (FY2026-P10) that is shown for it; the billing period of now by default",
      )
      .option("--reason <text>", "why, for the audit log")
      .action((...given: unknown[]) => {
        const [id, options] = name === "add-rule" ? ["", given[0]] : [given[0], given[1]];
        return carryOut(io, options as RuleOptions, (ctx) => build(ctx, id as string, options as RuleOptions));
      });
  };
  const draft = (command: Command): Command =>
    command
      .option("--team <name>", "the team that it belongs to")
      .option("--kind <kind>", `what it looks at: ${RULE_KINDS.join(", ")}`)
      .option("--label <key>", "of a rule by label: its key, such as ai-finops.io/team")
      .option("--pattern <text>", "what it must be; * stands for any run of characters")
      .option("--cluster <name>", "only in this cluster")
      .option("--from <date>", "its first day; today where it is not given")
      .option("--until <date>", "the first day that no longer belongs to it")
      .option("--before <rule>", "the rule that it comes before; the last where it is not given");
  draft(act("add-rule", "Adds a rule.", addOf));
  draft(act("change-rule", "Changes what is given, from a day on; before it, the rule stays as it was.", changeOf));
  act("move-rule", "Moves a rule in the order, from a day on.", moveOf)
    .option("--before <rule>", "the rule that it comes before; the last where it is not given")
    .option("--from <date>", "from which day; today where it is not given");
  act("end-rule", "Ends a rule.", endOf).option(
    "--on <date>",
    "the first day that no longer belongs to it; today where it is not given",
  );
}

async function addOf(ctx: Ctx, _: string, o: RuleOptions): Promise<RuleActInput> {
  for (const name of ["team", "kind", "pattern"] as const)
    if (o[name] === undefined) throw new AppError("invalid", `Give --${name}: see --help.`);
  const rule = {
    kind: o.kind as RuleKind,
    label: o.label ?? "",
    pattern: o.pattern ?? "",
    clusterId: await clusterIdOf(ctx, o.cluster),
    teamKey: (await teamNamed(ctx, o.team ?? "")).key,
    fromDay: dayOr(o.from, today()),
    untilDay: o.until === undefined ? null : parseDay(o.until),
  };
  return { act: "add", rule, before: o.before ?? null };
}

async function changeOf(ctx: Ctx, id: string, o: RuleOptions): Promise<RuleActInput> {
  if (o.before !== undefined) throw new AppError("invalid", "To change its place, use move-rule.");
  const old = await ruleOf(ctx, id);
  const rule = {
    kind: (o.kind ?? old.kind) as RuleKind,
    label: o.label ?? (o.kind && o.kind !== "label" ? "" : old.label),
    pattern: o.pattern ?? old.pattern,
    clusterId: o.cluster === undefined ? old.clusterId : await clusterIdOf(ctx, o.cluster),
    teamKey: o.team === undefined ? old.teamKey : (await teamNamed(ctx, o.team)).key,
    fromDay: dayOr(o.from, today()),
    untilDay: o.until === undefined ? old.untilDay : parseDay(o.until),
  };
  return { act: "change", id, rule };
}

const moveOf = async (_: Ctx, id: string, o: RuleOptions): Promise<RuleActInput> => ({
  act: "move",
  id,
  before: o.before ?? null,
  fromDay: dayOr(o.from, today()),
});

const endOf = async (_: Ctx, id: string, o: RuleOptions): Promise<RuleActInput> => ({
  act: "end",
  id,
  untilDay: dayOr(o.on, today()),
});

async function ruleOf({ db }: Ctx, id: string): Promise<TeamRule> {
  const rule = (await listRules(db)).find((r) => r.id === id);
  if (!rule) throw new AppError("not_found", `There is no rule ${id}: \`teams rules --all\` lists them.`);
  return rule;
}

/** Shows what an act changes of a month, and then does it unless it is only asked for. */
async function carryOut(io: Io, options: RuleOptions, build: (ctx: Ctx) => Promise<RuleActInput>): Promise<void> {
  const { BILLING_TIME_ZONE: zone } = env();
  const { days } = parseBillingPeriod({ month: options.month }, ledgerOf(env()).calendar, systemNow());
  await withCtx({ mustExist: true }, async (ctx) => {
    const act = await build(ctx);
    const preview = await previewAct(ctx, act, days as NonNullable<typeof days>, zone);
    await printPreview(io, preview, await listTeams(ctx.db), days as NonNullable<typeof days>);
    if (options.dryRun) return;
    const { fromDay, after, before } = await changeRules(ctx, act, options.reason);
    io.note(
      `Saved rule ${(after ?? before)?.id}. Days from ${dateOfKey(fromDay)} on are charged again by the next sync, or by: ledger charge`,
    );
  });
}

async function printPreview(io: Io, preview: ActPreview, teams: readonly Team[], days: Days): Promise<void> {
  const nameOf = (key: number) => teams.find((t) => t.key === key)?.name ?? String(key);
  const figures = (work: WorkSum) => ({
    workloads: work.workloads,
    gpu_hours: gpuHoursDecimal(work.gpuMilli),
    cost: work.amountMicros === null ? null : formatMicros(work.amountMicros),
  });
  const rows = [
    ...preview.matches.map((m) => ({ what: "matches", project: m.project, from: "", to: "", ...figures(m.work) })),
    ...preview.matches
      .filter((m) => m.taken.workloads > 0)
      .map((m) => ({ what: "but an earlier rule decides", project: m.project, from: "", to: "", ...figures(m.taken) })),
    ...preview.moves.map((m) => {
      return { what: "moves", project: m.project, from: nameOf(m.from), to: nameOf(m.to), ...figures(m.work) };
    }),
    { what: "unassigned before", project: "", from: "", to: "", ...figures(preview.unassigned.before) },
    { what: "unassigned after", project: "", from: "", to: "", ...figures(preview.unassigned.after) },
  ];
  const columns = ["what", "project", "from", "to"].map((key) => column(key));
  io.note(`Of ${dateOfKey(days.from)} to ${dateOfKey(addDays(days.until, -1))}:`);
  await writeRows(io, [...columns, column("workloads", "count"), column("gpu_hours"), column("cost")], rows);
}

async function listAll(io: Io, ctx: Ctx): Promise<void> {
  const [teams, rules] = await Promise.all([listTeams(ctx.db), listRules(ctx.db)]);
  const day = today();
  const rows = teams.map((t) => ({
    team: t.name,
    cost_centre: t.costCentre,
    gl_account: t.glAccount,
    owner: t.owner,
    rules: rules.filter((r) => r.teamKey === t.key && holdsOn(r, day)).length,
    state: t.archivedAt === null ? "in use" : "archived",
  }));
  const texts = ["team", "cost_centre", "gl_account", "owner"].map((key) => column(key));
  await writeRows(io, [...texts, column("rules", "count"), column("state")], rows);
}

async function listInForce(io: Io, ctx: Ctx, options: { on?: string; all?: boolean }): Promise<void> {
  const [teams, rules, clusters] = await Promise.all([listTeams(ctx.db), listRules(ctx.db), listClusterNames(ctx.db)]);
  const day = dayOr(options.on, today());
  const rows = rules
    .filter((r) => options.all || holdsOn(r, day))
    .map((r) => ({
      rule: r.id,
      kind: r.kind,
      label: r.label,
      pattern: r.pattern,
      cluster: clusters.find((c) => c.id === r.clusterId)?.name ?? r.clusterId,
      team: teams.find((t) => t.key === r.teamKey)?.name ?? String(r.teamKey),
      from: dateOfKey(r.fromDay),
      until: r.untilDay === null ? null : dateOfKey(r.untilDay),
    }));
  const columns = ["rule", "kind", "label", "pattern", "cluster", "team", "from", "until"].map((key) => column(key));
  await writeRows(io, columns, rows);
}
