import type { Command } from "commander";
import { registerExceptions } from "@/cli/finding-exceptions.ts";
import type { Io } from "@/cli/io.ts";
import { teamNamed, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { FORMATS, parseFormat } from "@/lib/api/report-request.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { FINDING_COLUMNS, findingJson, findingRow } from "@/lib/exports/findings.ts";
import { formatGpuHours, formatMoney } from "@/lib/format.ts";
import { acknowledgeFinding, disputeFinding, resolveFinding, snoozeFinding } from "@/lib/insights/findings/acts.ts";
import { adviceFor } from "@/lib/insights/findings/commands.ts";
import { type FindingFilter, findFinding, listEvents, listFindings } from "@/lib/insights/findings/load.ts";
import { type FindingRow, type FindingState, type FindingVerdict, STATES } from "@/lib/insights/findings/types.ts";
import { RULES, ruleOf } from "@/lib/insights/rules/index.ts";
import { formatInstant, parseEdge } from "@/lib/time.ts";

interface ListOptions {
  readonly from?: string;
  readonly to?: string;
  readonly rule?: string;
  readonly state?: string;
  readonly team?: string;
  readonly format: string;
}

const withLedger = <T>(body: (ctx: Ctx) => Promise<T>) => withCtx({ mustExist: true }, body);

export function register(program: Command, io: Io): void {
  const findings = program
    .command("findings")
    .summary("idle GPUs and suspicious workloads: list, show, act")
    .description("What the rules found: idle GPUs and suspicious workloads, with evidence and what they cost.");
  findings
    .command("list")
    .description("Lists findings, those that cost most first.")
    .option("--from <date>", "first day (YYYY-MM-DD), or an instant such as 2026-10-01T00:00:00Z")
    .option("--to <date>", "the day after the last day: the end is not counted")
    .option("--rule <rule>", RULES.map((r) => r.slug).join(", "))
    .option("--state <state>", STATES.join(", "))
    .option("--team <team>", "name or key of a team")
    .option("--format <format>", FORMATS.join(" or "), "csv")
    .action((options: ListOptions) => withLedger((ctx) => list(io, ctx, options)));
  findings
    .command("show")
    .argument("<finding>", "its id")
    .description("Shows one finding with its evidence and history.")
    .action((id: string) => withLedger((ctx) => show(io, ctx, id)));
  registerActs(findings, io);
  registerExceptions(findings, io);
  findings.addHelpText(
    "after",
    `
Examples:
  npm run --silent ledger -- findings list --from 2026-11-01 --to 2026-12-01 --format csv
  npm run --silent ledger -- findings list --state open --rule dead-idle --format json
  npm run --silent ledger -- findings snooze dead-idle-3f2a91c04d5e --until 2026-12-04 --reason "waits for data"`,
  );
}

function registerActs(findings: Command, io: Io): void {
  findings
    .command("acknowledge")
    .argument("<finding>", "its id")
    .description("Says that somebody looks after it.")
    .action((id: string) =>
      withLedger(async (ctx) => {
        await acknowledgeFinding(ctx, { finding: id });
        io.note(`${id} is acknowledged.`);
      }),
    );
  findings
    .command("snooze")
    .argument("<finding>", "its id")
    .description("Hides a finding until a day or an instant; then it comes back.")
    .requiredOption("--until <date>", "when it comes back (YYYY-MM-DD, or an instant)")
    .requiredOption("--reason <text>", "why")
    .action((id: string, { until, reason }: { until: string; reason: string }) =>
      withLedger(async (ctx) => {
        const at = parseEdge(until, env().BILLING_TIME_ZONE);
        await snoozeFinding(ctx, { finding: id, reason, until: at });
        io.note(`${id} is snoozed until ${formatInstant(at)}.`);
      }),
    );
  findings
    .command("dispute")
    .argument("<finding>", "its id")
    .description("Says that a finding is expected, or wrong. An administrator answers.")
    .requiredOption("--reason <text>", "why")
    .option("--verdict <verdict>", "expected or wrong", "expected")
    .action((id: string, { reason, verdict }: { reason: string; verdict: string }) =>
      withLedger(async (ctx) => {
        const said = verdict as Exclude<FindingVerdict, "real">;
        await disputeFinding(ctx, { finding: id, reason, verdict: said });
        io.note(`${id} is disputed.`);
      }),
    );
  findings
    .command("resolve")
    .argument("<finding>", "its id")
    .description("Says that the problem is over. The finding opens again if it is still seen an hour later.")
    .requiredOption("--reason <text>", "what was done")
    .action((id: string, { reason }: { reason: string }) =>
      withLedger(async (ctx) => {
        await resolveFinding(ctx, { finding: id, reason });
        io.note(`${id} is resolved.`);
      }),
    );
}

async function list(io: Io, ctx: Ctx, options: ListOptions): Promise<void> {
  const format = parseFormat(options.format);
  const rows = await listFindings(ctx, await filterOf(ctx, options));
  const { currency } = ctx.ledger;
  if (format === "csv")
    return writeRows(
      io,
      FINDING_COLUMNS,
      rows.map((f) => findingRow(f, currency)),
    );
  await io.write(`${JSON.stringify({ findings: rows.map((f) => findingJson(f, currency)) }, null, 2)}\n`);
}

async function filterOf(ctx: Ctx, { from, to, rule, state, team }: ListOptions): Promise<FindingFilter> {
  const zone = env().BILLING_TIME_ZONE;
  if (rule !== undefined && !RULES.some((r) => r.slug === rule))
    throw new AppError("invalid", `There is no rule "${rule}". The rules are ${RULES.map((r) => r.slug).join(", ")}.`);
  if (state !== undefined && !(STATES as readonly string[]).includes(state))
    throw new AppError("invalid", `There is no state "${state}". The states are ${STATES.join(", ")}.`);
  return {
    from: from === undefined ? undefined : parseEdge(from, zone),
    to: to === undefined ? undefined : parseEdge(to, zone),
    rules: rule === undefined ? undefined : [rule],
    states: state === undefined ? undefined : [state as FindingState],
    teamKey: team === undefined ? undefined : (await teamNamed(ctx, team)).key,
  };
}

async function show(io: Io, ctx: Ctx, id: string): Promise<void> {
  const finding = await findFinding(ctx, id);
  if (!finding) throw new AppError("not_found", `There is no finding "${id}". See: ledger findings list`);
  for (const [label, value] of linesOf(finding, ctx.ledger.currency)) await io.write(`${label.padEnd(12)}${value}\n`);
  for (const e of finding.evidence) await io.write(`  ${e.text}\n`);
  for (const e of await listEvents(ctx.db, finding))
    await io.write(
      `${formatInstant(e.at)}  ${e.kind} by ${e.by}${e.until ? ` until ${formatInstant(e.until)}` : ""}${e.reason ? `: ${e.reason}` : ""}\n`,
    );
}

function linesOf(f: FindingRow, currency: string): readonly (readonly [string, string])[] {
  const money = (micros: number | null) => (micros === null ? "unknown cost" : formatMoney(micros, currency));
  return [
    ["finding", f.id],
    ["rule", `${f.ruleTitle} (version ${f.ruleVersion})`],
    ["state", f.state],
    ["subject", [f.name, f.workloadId, f.cluster].filter(Boolean).join(", ")],
    ["owner", [f.user, f.project, f.team].filter(Boolean).join(", ") || "platform"],
    ["since", formatInstant(f.sinceAt)],
    ["opened", formatInstant(f.openedAt)],
    ["last seen", formatInstant(f.lastSeenAt)],
    ...(f.resolvedAt === null ? [] : [["resolved", formatInstant(f.resolvedAt)] as const]),
    ["lost", `${formatGpuHours(f.lostMilli)} GPU-hours, ${money(f.costMicros)}`],
    ...(f.hourMicros === null ? [] : [["per hour", money(f.hourMicros)] as const]),
    ["advice", adviceFor(ruleOf(f.rule), f)],
  ];
}
