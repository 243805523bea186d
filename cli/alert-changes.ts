import { type Command, InvalidArgumentError } from "commander";
import type { Io } from "@/cli/io.ts";
import { column, formatOption, teamNamed, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { readFileText } from "@/cli/read-file.ts";
import { getChannelKind } from "@/lib/alerts/channels/index.ts";
import { DIGEST_MODES, listVisibleDigests } from "@/lib/alerts/digest/choose.ts";
import { archiveChannel, archiveRule, changeChannel, setRuleEnabled, setTeamDigest } from "@/lib/alerts/index.ts";
import { listManagedChannels } from "@/lib/alerts/list.ts";
import {
  choosePreference,
  listChosen,
  type PreferenceInput,
  resetPreference,
} from "@/lib/alerts/preferences/choose.ts";
import { formatMinute, parseMinute } from "@/lib/alerts/quiet.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { secretKeys } from "@/lib/secrets/index.ts";

type Fields = Readonly<Record<string, string>>;

/** @throws InvalidArgumentError unless it is a key as lists show it. */
export function keyOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Give a number, as the list shows it.");
  return Number(text);
}

function addField(text: string, before: Fields): Fields {
  const [, name, value] = /^([A-Za-z]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError("Write <field>=<value>, such as channel=C0123456789.");
  return { ...before, [name]: value };
}

function rate(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError("Give a whole number of messages a minute.");
  return Number(text);
}

/** Commands that switch and delete rules, and change and delete channels. */
export function addChanges(alerts: Command, io: Io): void {
  alerts
    .command("switch-rule")
    .argument("<rule>", "key of the rule", keyOf)
    .argument("<state>", "on or off")
    .description("Switches a rule on or off. What it opened is resolved when it is off.")
    .action((rule: number, state: string) =>
      withCtx({ mustExist: true }, async (ctx) => {
        if (state !== "on" && state !== "off") throw new AppError("invalid", `"${state}" is not on or off.`);
        await setRuleEnabled(ctx, rule, state === "on");
        io.note(`The rule is ${state}.`);
      }),
    );
  alerts
    .command("delete-rule")
    .argument("<rule>", "key of the rule", keyOf)
    .option("--reason <text>", "why, for the audit log", "")
    .description("Deletes a rule: what it opened is resolved; its alerts and messages stay in their lists.")
    .action((rule: number, { reason }: { reason: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await archiveRule(ctx, rule, reason);
        io.note(`Rule ${rule} deleted.`);
      }),
    );
  alerts
    .command("change-channel")
    .argument("<channel>", "key of the channel", keyOf)
    .option("--name <name>", "its name")
    .option("--rate <n>", "messages a minute at most", rate)
    .option("--set <field=value>", "a field that is not secret; several times for several", addField, {})
    .option("--secret-file <field=file>", "a secret, from a file; several times for several", addField, {})
    .description("Changes a channel, and takes it into use again where it was disabled; what is left out stays.")
    .action((channel: number, given: ChannelOptions) => change(io, channel, given));
  alerts
    .command("delete-channel")
    .argument("<channel>", "key of the channel", keyOf)
    .option("--reason <text>", "why, for the audit log", "")
    .description("Deletes a channel with its secrets: rules no longer send there.")
    .action((channel: number, { reason }: { reason: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await archiveChannel(ctx, channel, reason);
        io.note(`Channel ${channel} deleted, with its secrets.`);
      }),
    );
}

/** Commands for the digests of teams. */
export function addDigests(alerts: Command, io: Io): void {
  formatOption(alerts.command("digests").description("Lists digests of teams as CSV or JSON.")).action(
    ({ format }: { format: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const rows = (await listVisibleDigests(ctx)).map(({ teamKey, channelKey, mode }) => ({
          ...{ team: teamKey, channel: channelKey || null, every: mode },
        }));
        await writeRows(io, [column("team", "count"), column("channel", "count"), column("every")], rows, format);
      }),
  );
  alerts
    .command("digest")
    .requiredOption("--team <team>", "its name or key")
    .option("--channel <channel>", "key of a channel; left out: the lead and the managers of the team", keyOf)
    .requiredOption("--every <how often>", DIGEST_MODES.join(", "))
    .description("Has the alerts of a team summed up for its people or a channel, or ends that.")
    .action(({ team, channel, every }: { team: string; channel?: number; every: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const { key: teamKey, name } = await teamNamed(ctx, team);
        const mode = every as (typeof DIGEST_MODES)[number];
        await setTeamDigest(ctx, { teamKey, channelKey: channel ?? 0, mode });
        io.note(every === "never" ? `No such digest of ${name} from now on.` : `${name} gets a ${every} digest.`);
      }),
    );
}

interface PreferenceOptions {
  readonly kind: string;
  readonly when: string;
  readonly where: string;
  readonly severity: string;
  readonly quietFrom?: string;
  readonly quietUntil?: string;
}

const minute = (text: string | undefined, name: string): number => {
  const read = text === undefined ? -1 : parseMinute(text);
  if (read === null) throw new AppError("invalid", `--${name} "${text}" is not a time of day such as 22:00.`);
  return read;
};

/** Commands for what a person gets, where and when. */
export function addPreferences(alerts: Command, io: Io): void {
  formatOption(
    alerts
      .command("preferences")
      .argument("<email>", "of the person")
      .description("Lists which alerts a person gets, where and when, as CSV or JSON."),
  ).action((email: string, { format }: { format: string }) =>
    withCtx({ mustExist: true }, async (ctx) => {
      const rows = (await listChosen(ctx, email)).map(({ kind, mode, channelKey, severity, ...quiet }) => ({
        ...{ kind, when: mode, where: channelKey || "e-mail", severity },
        quiet: quiet.quietFrom < 0 ? "" : `${formatMinute(quiet.quietFrom)}-${formatMinute(quiet.quietUntil)}`,
      }));
      const columns = ["kind", "when", "where", "severity", "quiet"].map((key) => column(key));
      await writeRows(io, columns, rows, format);
    }),
  );
  alerts
    .command("prefer")
    .argument("<email>", "of the person")
    .option("--kind <kind>", "of rules; all that have no choice of their own where left out", "*")
    .requiredOption("--when <when>", "now, daily, weekly, off; usual: as all other kinds")
    .option("--where <channel>", "email, or the key of a channel that is open for people", "email")
    .option("--severity <severity>", "the least that is sent", "info")
    .option("--quiet-from <time>", "such as 22:00")
    .option("--quiet-until <time>", "such as 07:00")
    .description("Chooses for a person which alerts they get, where and when.")
    .action((email: string, given: PreferenceOptions) =>
      withCtx({ mustExist: true }, async (ctx) => {
        const { kind, when, where, severity } = given;
        if (when === "usual") await resetPreference(ctx, kind, email);
        else
          await choosePreference(
            ctx,
            {
              ...{ kind, mode: when as PreferenceInput["mode"], severity: severity as PreferenceInput["severity"] },
              channelKey: where === "email" ? 0 : keyOf(where),
              quietFrom: minute(given.quietFrom, "quiet-from"),
              quietUntil: minute(given.quietUntil, "quiet-until"),
            },
            email,
          );
        io.note("Saved.");
      }),
    );
}

interface ChannelOptions {
  readonly name?: string;
  readonly rate?: number;
  readonly set: Fields;
  readonly secretFile: Fields;
}

const change = (io: Io, key: number, { name, rate: ratePerMinute, set, secretFile }: ChannelOptions): Promise<void> =>
  withCtx({ mustExist: true }, async (ctx) => {
    const before = (await listManagedChannels(ctx)).find((one) => one.key === key);
    if (!before) throw new AppError("not_found", `There is no channel ${key}.`);
    const shown = getChannelKind(before.kind).fields.find((field) => field.secret && field.name in set);
    // Other people of the machine see the arguments of a command.
    if (shown) throw new AppError("invalid", `"${shown.name}" is a secret: give it with --secret-file.`);
    const secrets: Record<string, string> = {};
    for (const [field, file] of Object.entries(secretFile)) secrets[field] = (await readFileText(file)).trim();
    await changeChannel(ctx, secretKeys(env()), key, {
      ...{ kind: before.kind, name: name ?? before.name, ratePerMinute: ratePerMinute ?? before.ratePerMinute },
      fields: { ...(JSON.parse(before.settings) as Fields), ...set, ...secrets },
    });
    io.note(`Channel ${key} changed.`);
  });
