import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { clusterIdOf, column, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { isInForce, settingsOf } from "@/lib/allocation/policies.ts";
import { dropPolicy, setChargeSettings, setPolicy } from "@/lib/allocation/policy-changes.ts";
import { listChargeSettings, listPolicies } from "@/lib/allocation/policy-store.ts";
import {
  type ChargeSettings,
  COST_CLASSES,
  type CostClass,
  SHARE_METHODS,
  type ShareMethod,
} from "@/lib/allocation/types.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { type Ctx, ledgerOf, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { formatMicros } from "@/lib/money.ts";
import { compareVariants, VARIANTS } from "@/lib/previews/workbench.ts";
import { loadWorkbench } from "@/lib/previews/workbench-load.ts";
import { parseBillingPeriod } from "@/lib/reports/period.ts";
import { dateOf, dateOfKey, dayKey, parseDay } from "@/lib/time.ts";

interface Options {
  readonly cluster?: string;
  readonly from?: string;
  readonly reason?: string;
  readonly month?: string;
  readonly vary?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly gpuMemory?: string;
  readonly unusedQuota?: string;
}

const today = (): number => dayKey(dateOf(systemNow(), env().BILLING_TIME_ZONE));
const fromDay = (o: Options): number => (o.from === undefined ? today() : parseDay(o.from));
const AGAIN = "are charged again by the next sync, or by: ledger charge";

export function register(program: Command, io: Io): void {
  const policies = program
    .command("policies")
    .summary("who pays for what nobody used, and how CPU, memory and quota are charged")
    .description(
      `Policies say, from a day on, who pays for a class of cost (${COST_CLASSES.join(", ")}): ${SHARE_METHODS.join(", ")}.`,
    );
  policies
    .command("list")
    .description("Lists, as CSV, every policy and setting with the day that it begins on.")
    .action(() => withCtx({ mustExist: true }, (ctx) => list(io, ctx)));
  dated(policies.command("set").argument("<class>").argument("<method>"))
    .description("Says who pays for a class of cost.")
    .option("--cluster <name>", "only in this cluster; all that have no policy of their own where it is not given")
    .action((costClass: string, method: string, o: Options) => set(io, costClass, method, o));
  dated(policies.command("drop").argument("<class>"))
    .description("Takes back the policy that begins on --from.")
    .option("--cluster <name>", "that of this cluster")
    .action((costClass: string, o: Options) => drop(io, costClass, o));
  dated(policies.command("settings"))
    .description("Changes what is given of how CPU, memory and quota are charged.")
    .option("--cpu <basis>", "request, usage, larger or none")
    .option("--memory <basis>", "the same for memory")
    .option("--gpu-memory <basis>", "the same for GPU memory")
    .option("--unused-quota <on|off>", "whether a team pays for quota that it did not use")
    .action((o: Options) => settings(io, o));
  policies
    .command("compare")
    .description("Shows, as CSV, what every team would come to under every policy. Writes nothing.")
    .option(
      "--month <month>",
      "a calendar month (YYYY-MM), or a billing period (FY2026-P10); the billing period of now by default",
    )
    .option("--vary <class>", "only vary this class; all where it is not given")
    .option("--cluster <name>", "only vary this cluster")
    .action((o: Options) => compare(io, o));
}

const dated = (command: Command): Command =>
  command
    .option("--from <date>", "its first day; today where it is not given")
    .option("--reason <text>", "why, for the audit log");

async function set(io: Io, costClass: string, method: string, o: Options): Promise<void> {
  await withCtx({ mustExist: true }, async (ctx) => {
    const clusterId = await clusterIdOf(ctx, o.cluster);
    const given = { clusterId, costClass: costClass as CostClass, method: method as ShareMethod, fromDay: fromDay(o) };
    await setPolicy(ctx, given, o.reason);
    io.note(`Days from ${dateOfKey(given.fromDay)} on ${AGAIN}`);
  });
}

async function drop(io: Io, costClass: string, o: Options): Promise<void> {
  await withCtx({ mustExist: true }, async (ctx) => {
    const clusterId = await clusterIdOf(ctx, o.cluster);
    await dropPolicy(ctx, { clusterId, costClass: costClass as CostClass, fromDay: fromDay(o) }, o.reason);
    io.note(`Days from ${dateOfKey(fromDay(o))} on ${AGAIN}`);
  });
}

async function settings(io: Io, o: Options): Promise<void> {
  if (o.unusedQuota !== undefined && !["on", "off"].includes(o.unusedQuota))
    throw new AppError("invalid", `--unused-quota ${o.unusedQuota}: expected on or off.`);
  for (const name of ["cpu", "memory", "gpuMemory"] as const)
    if (o[name] !== undefined && !["request", "usage", "larger", "none"].includes(o[name]))
      throw new AppError("invalid", `${name} ${o[name]}: expected request, usage, larger or none.`);
  await withCtx({ mustExist: true }, async (ctx) => {
    const before = settingsOf(await listChargeSettings(ctx.db), fromDay(o));
    const after = {
      cpu: o.cpu ?? before.cpu,
      memory: o.memory ?? before.memory,
      gpuMemory: o.gpuMemory ?? before.gpuMemory,
      chargeUnusedQuota: o.unusedQuota === undefined ? before.chargeUnusedQuota : o.unusedQuota === "on",
    } as ChargeSettings;
    await setChargeSettings(ctx, { fromDay: fromDay(o), settings: after }, o.reason);
    io.note(`Days from ${dateOfKey(fromDay(o))} on ${AGAIN}`);
  });
}

async function list(io: Io, ctx: Ctx): Promise<void> {
  const [policies, dated] = await Promise.all([listPolicies(ctx.db), listChargeSettings(ctx.db)]);
  const day = today();
  const rows = [
    ...policies.map((p) => ({
      of: p.costClass,
      cluster: p.clusterId,
      from: dateOfKey(p.fromDay),
      value: p.method,
      in_force: isInForce(policies, p, day) ? "yes" : "no",
    })),
    ...dated.map((s) => ({
      of: "settings",
      cluster: "",
      from: dateOfKey(s.fromDay),
      value: JSON.stringify(s.settings),
      in_force: settingsOf(dated, day) === s.settings ? "yes" : "no",
    })),
  ];
  await writeRows(
    io,
    ["of", "cluster", "from", "value", "in_force"].map((key) => column(key)),
    rows,
  );
}

async function compare(io: Io, o: Options): Promise<void> {
  const { BILLING_TIME_ZONE: billingTimeZone, LEDGER_CURRENCY: currency } = env();
  const vary = o.vary === undefined ? COST_CLASSES : COST_CLASSES.filter((c) => c === o.vary);
  if (vary.length === 0) throw new AppError("invalid", `--vary ${o.vary}: expected ${COST_CLASSES.join(", ")}.`);
  const { days } = parseBillingPeriod({ month: o.month }, ledgerOf(env()).calendar, systemNow());
  await withCtx({ mustExist: true }, async (ctx) => {
    const clusterId = await clusterIdOf(ctx, o.cluster);
    const loaded = await loadWorkbench(ctx, days as NonNullable<typeof days>, { currency, billingTimeZone });
    const { rows, kept } = compareVariants(loaded, { vary, clusterId });
    const teams = new Map((await listTeams(ctx.db)).map((t) => [t.key, t.name]));
    await writeRows(
      io,
      [column("team"), ...VARIANTS.map((v) => column(v))],
      rows.map((r) => ({
        team: teams.get(r.teamKey) ?? String(r.teamKey),
        ...Object.fromEntries(VARIANTS.map((v) => [v, formatMicros(r.totals[v])])),
      })),
    );
    if (kept.length) io.note(`Nobody to split over on some day, so the platform kept it: ${kept.join(", ")}.`);
  });
}
