import { takeCare } from "@/app/(dashboard)/alerts/actions.ts";
import type { PageInput } from "@/app/page-input.ts";
import { readView } from "@/app/table-input.ts";
import { count, drawn, instant, text, textField } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import type { AlertEvent } from "@/lib/alerts/advance.ts";
import {
  listVisibleChannels,
  listVisibleDeliveries,
  listVisibleEvents,
  listVisibleRules,
  nameChannels,
  nameRules,
} from "@/lib/alerts/list.ts";
import type { Delivery } from "@/lib/alerts/outbox/store.ts";
import { personAt } from "@/lib/alerts/preferences/place.ts";
import { changeWord, type DeliveryState, readMessage } from "@/lib/alerts/types.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { sendAgain } from "./actions.ts";
import { type RuleRow, ruleColumns } from "./rules/table.tsx";

/** The newest rows of each list; what is older is in the database until it is removed. */
export const SHOWN = 500;
const TONES = { critical: "bad", warning: "warn", info: undefined } as const;

const stateOf = ({ state, acknowledgedAt }: AlertEvent): string =>
  state === "firing" && acknowledgedAt !== null ? "acknowledged" : state === "recorded" ? "reported" : state;

/** Every event that the viewer may read: those that hold first, then the newest. */
export async function readAlertEvents(input: PageInput): Promise<Listed<AlertEvent>> {
  const { ctx } = input;
  const [events, ruleNames, teams] = await Promise.all([
    listVisibleEvents(ctx, SHOWN),
    nameRules(ctx),
    listTeams(readerFor(ctx, "alerts.read")),
  ]);
  const names = new Map(teams.map((team) => [team.key, team.name]));
  const columns: readonly TableColumn<AlertEvent>[] = [
    text("title", "Alert", (e) => e.title, {
      look: ["wide"],
      link: (e) => e.detail.link || null,
      note: (e) => e.detail.summary,
      fields: [
        textField("alert", (e: AlertEvent) => e.title),
        textField("summary", (e: AlertEvent) => e.detail.summary),
      ],
    }),
    text("severity", "Severity", (e) => e.severity, { toneOf: (e) => TONES[e.severity] }),
    text("state", "State", stateOf, {
      lead: true,
      cell: (e) => (e.acknowledgedBy && e.state === "firing" ? `acknowledged by ${e.acknowledgedBy}` : stateOf(e)),
      fields: [textField("state", stateOf), textField("acknowledged_by", (e: AlertEvent) => e.acknowledgedBy)],
    }),
    text("team", "Team", (e) => (e.teamKey ? (names.get(e.teamKey) ?? String(e.teamKey)) : "everything")),
    text("rule", "Rule", (e) => ruleNames.get(e.ruleKey) ?? "deleted rule"),
    text("subject", "Subject", (e) => e.subject, { extra: true }),
    instant("since", "Since", (e) => e.startedAt, { look: ["whole"] }),
    instant("resolved", "Resolved", (e) => e.resolvedAt, { look: ["whole"], unknown: "Still open, or happens once" }),
    ...(mayDo(ctx.viewer, "alerts.manage")
      ? [drawn<AlertEvent>("act", "Act", (e) => <Acknowledge of={e} />, { extra: !events.some(mayAcknowledge) })]
      : []),
  ];
  const view = readView(input, columns, { label: "Alerts", path: "/alerts", list: "alerts" });
  return { view, rows: sortRows(events, view) };
}

const mayAcknowledge = ({ state, acknowledgedAt }: AlertEvent): boolean =>
  state === "firing" && acknowledgedAt === null;

function Acknowledge({ of }: { of: AlertEvent }) {
  if (!mayAcknowledge(of)) return null;
  return (
    <Guarded label="Acknowledge">
      <p className="mb-2 text-soft">It is not repeated or escalated until it gets worse.</p>
      <ActionForm action={takeCare} label="Acknowledge" fields={{ event: of.id }}>
        <TextField label="Note (audit log)" name="reason" />
      </ActionForm>
    </Guarded>
  );
}

/** Every rule that the viewer may read. */
export async function readAlertRules(input: PageInput): Promise<Listed<RuleRow>> {
  const { ctx } = input;
  const [rules, channels, teams] = await Promise.all([
    listVisibleRules(ctx),
    listVisibleChannels(ctx),
    listTeams(readerFor(ctx, "alerts.read")),
  ]);
  const columns = ruleColumns(input, channels, teams);
  const view = readView(input, columns, { label: "Alert rules", path: "/alerts/rules", list: "alert-rules" });
  return { view, rows: sortRows(rules, view) };
}

const STATE_WORDS: Readonly<Record<DeliveryState, string>> = {
  waiting: "waiting",
  sending: "being sent",
  sent: "sent",
  accepted: "accepted",
  dead: "given up",
  dropped: "not needed",
};
const STATE_TONES: Readonly<Partial<Record<DeliveryState, "good" | "bad">>> = {
  sent: "good",
  accepted: "good",
  dead: "bad",
};
/** What the receiver said of the last attempt, or what stopped it. */
export const statusNote = ({ status, error, state }: Delivery): string =>
  [status > 0 && state !== "sent" && state !== "accepted" ? `answer ${status}` : "", error].filter(Boolean).join(": ");

export const stateWords = ({ state }: Delivery): string => STATE_WORDS[state];

/** Where a message goes, in words. */
export function placeOf({ target, channelKey }: Delivery, names: Awaited<ReturnType<typeof nameChannels>>): string {
  const channel = names.get(channelKey);
  const email = personAt({ channelKey, target });
  if (email !== null && channel) return `${email}, through ${channel.name}${channel.isGone ? " (deleted)" : ""}`;
  return target || (channel ? `${channel.name}${channel.isGone ? " (deleted)" : ""}` : `channel ${channelKey}`);
}

/** States that the list of messages can be narrowed to; empty: all. */
export const MESSAGE_STATES = ["", "waiting", "dead"] as const;

/** Messages of the events that the viewer may read, the newest first; with `state` those of one. */
export async function readAlertMessages(input: PageInput): Promise<Listed<Delivery>> {
  const { ctx } = input;
  const state = input.address.word("state", ["waiting", "dead"], "Messages of every state are shown");
  const [messages, names] = await Promise.all([
    listVisibleDeliveries(ctx, SHOWN, state ? { state } : {}),
    nameChannels(ctx),
  ]);
  const columns: readonly TableColumn<Delivery>[] = [
    text("title", "Message", (d) => readMessage(d.message).title, {
      look: ["wide"],
      link: (d) => `/alerts/messages?message=${d.key}`,
      note: (d) => changeWord(readMessage(d.message)),
      fields: [
        textField("message", (d: Delivery) => readMessage(d.message).title),
        textField("change", (d: Delivery) => d.change),
      ],
    }),
    text("to", "To", (d) => placeOf(d, names)),
    text("state", "State", (d) => STATE_WORDS[d.state], {
      lead: true,
      toneOf: (d) => STATE_TONES[d.state],
      note: statusNote,
      fields: [textField("state", (d: Delivery) => d.state), textField("error", (d: Delivery) => d.error)],
    }),
    count("attempts", "Attempts", (d) => d.attempts),
    instant("created", "Created", (d) => d.createdAt, { look: ["whole"] }),
    instant("next", "Next attempt", (d) => (d.state === "waiting" ? d.nextAttemptAt : null), {
      look: ["whole"],
      unknown: "None is planned",
    }),
    ...(mayDo(ctx.viewer, "alerts.manage")
      ? [
          drawn<Delivery>("act", "Act", (d) =>
            d.state === "dead" && !names.get(d.channelKey)?.isGone ? (
              <ActionForm action={sendAgain} label="Send again" look="plain" fields={{ message: String(d.key) }} />
            ) : null,
          ),
        ]
      : []),
  ];
  const view = readView(input, columns, { label: "Alert messages", path: "/alerts/messages", list: "alert-messages" });
  return { view, rows: sortRows(messages, view) };
}
