import { type Command, InvalidArgumentError } from "commander";
import { addChanges, addDigests, addPreferences, keyOf } from "@/cli/alert-changes.ts";
import { type Io, Stopped } from "@/cli/io.ts";
import { formatOption, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import {
  acknowledge,
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
import {
  CHANNEL_COLUMNS,
  channelRow,
  EVENT_COLUMNS,
  eventRow,
  MESSAGE_COLUMNS,
  messageRow,
  RULE_COLUMNS,
  ruleRow,
} from "@/lib/exports/alert-rows.ts";
import { counted } from "@/lib/format.ts";
import type { Column, Row } from "@/lib/reports/report.ts";
import { formatInstant, parseDurationMs } from "@/lib/time.ts";

const LISTED = 1000;

function duration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null || ms < 60_000) throw new InvalidArgumentError("Give a duration of a minute or more, such as 4h.");
  return Math.floor(ms / 1000);
}

export function register(program: Command, io: Io): void {
  const alerts = program
    .command("alerts")
    .summary("alert rules, events and messages")
    .description("Evaluates every alert rule and sends what is due. A running server does it every minute.")
    .option("--once", "one run, then end")
    .action(({ once }: { once?: true }) => {
      if (!once) throw new AppError("invalid", "Add --once for one run, or a subcommand: ledger alerts --help.");
      return withCtx({ mustExist: true }, (ctx) => runOnce(io, ctx));
    });
  addLists(alerts, io);
  addChanges(alerts, io);
  addDigests(alerts, io);
  addPreferences(alerts, io);
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
        io.note(`${state === "dead" ? "given up" : state}${status ? ` (${status})` : ""}${error ? `: ${error}` : ""}`);
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
    .command("acknowledge")
    .argument("<alert>", "id of the alert, as the list shows it")
    .option("--reason <text>", "why, for the audit log", "")
    .description("Says that somebody takes care of an alert: it is not repeated or escalated until it gets worse.")
    .action((id: string, { reason }: { reason: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await acknowledge(ctx, alertSettingsOf(env()), id, reason);
        io.note("Acknowledged. Everybody who heard of it hears of this.");
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
  const found = await runAlerts(ctx, alertSettingsOf(env()), sendingNow(ctx), { signal: io.signal, all: true });
  if (!found) throw new AppError("conflict", "Another process evaluates the alert rules.");
  const { notices, sent, retried, dead } = found;
  const rest = [...(retried ? [`${retried} to be tried again`] : []), ...(dead ? [`${dead} given up`] : [])];
  io.note(`${[`${counted(notices, "change")}`, `${counted(sent, "message")} sent`, ...rest].join(", ")}.`);
  if (dead) throw new Stopped(1);
}

/** Each list by the name of its command: what it says of itself, its columns and rows. */
const LISTS: Readonly<Record<string, readonly [string, readonly Column[], (ctx: Ctx) => Promise<Row[]>]>> = {
  list: [
    "Lists events as CSV or JSON, those that hold first.",
    EVENT_COLUMNS,
    async (ctx) => (await listVisibleEvents(ctx, LISTED)).map(eventRow),
  ],
  rules: ["Lists rules as CSV or JSON.", RULE_COLUMNS, async (ctx) => (await listVisibleRules(ctx)).map(ruleRow)],
  channels: [
    "Lists channels as CSV or JSON; never a secret.",
    CHANNEL_COLUMNS,
    async (ctx) => (await listVisibleChannels(ctx)).map(channelRow),
  ],
  messages: [
    "Lists messages as CSV or JSON, the newest first.",
    MESSAGE_COLUMNS,
    async (ctx) => (await listVisibleDeliveries(ctx, LISTED)).map(messageRow),
  ],
};

function addLists(alerts: Command, io: Io): void {
  for (const [name, [description, columns, load]] of Object.entries(LISTS))
    formatOption(alerts.command(name).description(description)).action(({ format }: { format: string }) =>
      withCtx({ mustExist: true }, async (ctx) => writeRows(io, columns, await load(ctx), format)),
    );
}
