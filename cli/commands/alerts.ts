import { type Command, InvalidArgumentError } from "commander";
import { type Io, Stopped } from "@/cli/io.ts";
import { column, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import {
  addRecommended,
  alertSettingsOf,
  muteRule,
  retryDelivery,
  runAlerts,
  sendingOf,
  testChannel,
} from "@/lib/alerts/index.ts";
import { listVisibleChannels, listVisibleDeliveries, listVisibleEvents, listVisibleRules } from "@/lib/alerts/list.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { formatInstant, parseDurationMs } from "@/lib/time.ts";

const LISTED = 1000;
const when = (at: number | null) => (at === null ? "" : formatInstant(at));

function duration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null || ms < 60_000) throw new InvalidArgumentError("Give a duration of a minute or more, such as 4h.");
  return Math.floor(ms / 1000);
}

function keyOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Give a number, as the list shows it.");
  return Number(text);
}

export function register(program: Command, io: Io): void {
  const alerts = program
    .command("alerts")
    .summary("alert rules, events and messages")
    .description("Evaluates alert rules and sends what is due. A running server does it every minute.")
    .option("--once", "one run, then end")
    .action(({ once }: { once?: true }) => {
      if (!once) throw new AppError("invalid", "Add --once for one run, or a subcommand: ledger alerts --help.");
      return withCtx({ mustExist: true }, (ctx) => runOnce(io, ctx));
    });
  addLists(alerts, io);
  alerts
    .command("recommended")
    .description("Adds the recommended rules that are not there yet.")
    .action(() =>
      withCtx({ mustExist: true }, async (ctx) => io.note(`${counted(await addRecommended(ctx), "rule")} added.`)),
    );
  alerts
    .command("test")
    .argument("<channel>", "key of the channel", keyOf)
    .description("Sends a test message through a channel, and says what became of it; exit code 1 where it failed.")
    .action((channel: number) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const { state, status, error } = await testChannel(ctx, sendingNow(ctx), alertSettingsOf(env()), channel);
        io.note(`${state}${status ? ` (${status})` : ""}${error ? `: ${error}` : ""}`);
        if (state !== "sent" && state !== "accepted") throw new Stopped(1);
      }),
    );
  alerts
    .command("mute")
    .argument("<rule>", "key of the rule", keyOf)
    .option("--for <duration>", "how long, at most 90d", duration, 4 * 3600)
    .option("--off", "end the mute")
    .option("--reason <text>", "why, for the audit log", "")
    .description("Mutes a rule: nobody is notified until then.")
    .action((rule: number, given: { for: number; off?: true; reason: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const until = given.off ? null : ctx.now() + given.for;
        await muteRule(ctx, rule, until, given.reason);
        io.note(until === null ? "The rule is no longer muted." : `Muted until ${formatInstant(until)}.`);
      }),
    );
  alerts
    .command("retry")
    .argument("<message>", "key of the message", keyOf)
    .description("Sends a message again that was given up.")
    .action((key: number) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await retryDelivery(ctx, key);
        await runOnce(io, ctx);
      }),
    );
}

const sendingNow = (ctx: Ctx) => sendingOf(env(), () => ctx.now() * 1000);

async function runOnce(io: Io, ctx: Ctx): Promise<void> {
  const found = await runAlerts(ctx, alertSettingsOf(env()), sendingNow(ctx), io.signal);
  if (!found) throw new AppError("conflict", "Another process evaluates the alert rules.");
  const { notices, sent, retried, dead } = found;
  const rest = [...(retried ? [`${retried} to be tried again`] : []), ...(dead ? [`${dead} given up`] : [])];
  io.note(`${[`${counted(notices, "change")}`, `${counted(sent, "message")} sent`, ...rest].join(", ")}.`);
  if (dead) throw new Stopped(1);
}

type Cells = Readonly<Record<string, string>>;

/** Each list by the name of its command: what it says of itself, and its rows. */
const LISTS: Readonly<Record<string, readonly [string, (ctx: Ctx) => Promise<Cells[]>]>> = {
  list: [
    "Lists events as CSV, those that hold first.",
    async (ctx) =>
      (await listVisibleEvents(ctx, LISTED)).map((e) => ({
        ...{ id: e.id, rule: String(e.ruleKey), state: e.state, severity: e.severity, subject: e.subject },
        ...{
          title: e.title,
          started: when(e.startedAt),
          resolved: when(e.resolvedAt),
          acknowledged_by: e.acknowledgedBy,
        },
      })),
  ],
  rules: [
    "Lists rules as CSV.",
    async (ctx) =>
      (await listVisibleRules(ctx)).map((r) => ({
        ...{ key: String(r.key), kind: r.kind, name: r.name, team: String(r.teamKey), threshold: String(r.threshold) },
        ...{ severity: r.severity, muted_until: when(r.mutedUntil), state: r.disabledAt === null ? "on" : "off" },
        ...{ checked: when(r.checkedAt), error: r.error },
      })),
  ],
  channels: [
    "Lists channels as CSV; never a secret.",
    async (ctx) =>
      (await listVisibleChannels(ctx)).map((c) => ({
        ...{ key: String(c.key), kind: c.kind, name: c.name, state: c.disabledAt === null ? "on" : c.disabledReason },
      })),
  ],
  messages: [
    "Lists messages as CSV, the newest first.",
    async (ctx) =>
      (await listVisibleDeliveries(ctx, LISTED)).map((d) => ({
        ...{ key: String(d.key), event: d.eventId, change: d.change, channel: String(d.channelKey), to: d.target },
        ...{ state: d.state, attempts: String(d.attempts), status: String(d.status), error: d.error },
        created: when(d.createdAt),
      })),
  ],
};

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  list: ["id", "rule", "state", "severity", "subject", "title", "started", "resolved", "acknowledged_by"],
  rules: ["key", "kind", "name", "team", "threshold", "severity", "muted_until", "state", "checked", "error"],
  channels: ["key", "kind", "name", "state"],
  messages: ["key", "event", "change", "channel", "to", "state", "attempts", "status", "error", "created"],
};

function addLists(alerts: Command, io: Io): void {
  for (const [name, [description, load]] of Object.entries(LISTS))
    alerts
      .command(name)
      .description(description)
      .action(() =>
        withCtx({ mustExist: true }, async (ctx) =>
          writeRows(
            io,
            (COLUMNS[name] ?? []).map((key) => column(key)),
            await load(ctx),
          ),
        ),
      );
}
