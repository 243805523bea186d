import { enable, mute, removeRule } from "@/app/(dashboard)/alerts/actions.ts";
import { thresholdWords } from "@/app/(dashboard)/alerts/words.ts";
import type { PageInput } from "@/app/page-input.ts";
import { formatMoment } from "@/components/format.ts";
import { drawn, instant, text, textField } from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import type { ChannelRow } from "@/lib/alerts/channel-store.ts";
import type { ListedRule } from "@/lib/alerts/list.ts";
import { getRuleKind } from "@/lib/alerts/rules/index.ts";
import type { Team } from "@/lib/attribution/types.ts";
import { mayDo } from "@/lib/auth/allow.ts";

export type RuleRow = ListedRule;

/** Columns of rules: what they watch, where they send, and their state. */
export function ruleColumns(
  { ctx, zone, now }: PageInput,
  channels: readonly ChannelRow[],
  teams: readonly Team[],
): readonly TableColumn<ListedRule>[] {
  const names = new Map(teams.map((team) => [team.key, team.name]));
  const places = new Map(channels.map((channel) => [channel.key, channel.name]));
  const mayChange = mayDo(ctx.viewer, "alerts.manage");
  return [
    text("name", "Rule", (r) => r.name, {
      link: (r) => (mayChange ? `/alerts/rules?rule=${r.key}#edit` : null),
      note: (r) => (r.name === getRuleKind(r.kind).title ? null : getRuleKind(r.kind).title),
      fields: [textField("rule", (r: ListedRule) => r.name), textField("kind", (r: ListedRule) => r.kind)],
    }),
    text("team", "For", (r) => (r.teamKey ? (names.get(r.teamKey) ?? String(r.teamKey)) : "everything")),
    text("threshold", "Threshold", (r) => thresholdOf(r, ctx.ledger.currency)),
    text("severity", "Severity", (r) => r.severity),
    text("to", "Sends to", (r) => placesOf(r, places), { look: ["wide"] }),
    text("state", "State", (r) => stateOf(r, now, zone), { lead: true, toneOf: (r) => (r.error ? "bad" : undefined) }),
    instant("checked", "Checked", (r) => r.checkedAt, { look: ["whole"], unknown: "Not evaluated yet" }),
    ...(mayChange ? [drawn<ListedRule>("act", "Act", (r) => <Acts rule={r} now={now} />)] : []),
  ];
}

function thresholdOf({ kind, threshold }: ListedRule, currency: string): string | null {
  const unit = getRuleKind(kind).threshold;
  return unit ? thresholdWords(unit, threshold, currency) : null;
}

function placesOf({ routes, people }: ListedRule, places: ReadonlyMap<number, string>): string {
  const channels = routes.map(
    ({ channelKey, mode }) => `${places.get(channelKey) ?? channelKey}${mode === "now" ? "" : ` (${mode})`}`,
  );
  return [...(people ? ["people"] : []), ...channels].join(", ") || "addresses of the settings";
}

function stateOf({ disabledAt, mutedUntil, error }: ListedRule, now: number, zone: string): string {
  if (error) return `could not be evaluated: ${error}`;
  if (disabledAt !== null) return "off";
  return mutedUntil !== null && mutedUntil > now ? `muted until ${formatMoment(mutedUntil, zone)}` : "on";
}

const PAUSES = ["1h", "4h", "1d", "7d", "30d"].map((value) => ({ value, label: value }));

function Acts({ rule: { key, disabledAt, mutedUntil }, now }: { rule: ListedRule; now: number }) {
  const fields = { rule: String(key) };
  const isMuted = mutedUntil !== null && mutedUntil > now;
  return (
    <Guarded label="Mute or delete">
      <div className="grid gap-4">
        {isMuted ? (
          <ActionForm action={mute} label="End the mute" look="plain" fields={{ ...fields, for: "" }} />
        ) : (
          <ActionForm action={mute} label="Mute" look="plain" fields={fields}>
            <SelectField label="Mute for" name="for" options={PAUSES} value="4h" />
            <TextField label="Reason (audit log)" name="reason" />
          </ActionForm>
        )}
        <ActionForm
          action={enable}
          label={disabledAt === null ? "Switch off" : "Switch on"}
          look="plain"
          fields={{ ...fields, on: disabledAt === null ? "no" : "yes" }}
        />
        <ActionForm action={removeRule} label="Delete the rule" look="danger" fields={fields}>
          <TextField label="Reason (audit log)" name="reason" />
        </ActionForm>
      </div>
    </Guarded>
  );
}
