import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { formatMoment } from "@/components/format.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { drawn, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import type { AlertEvent } from "@/lib/alerts/advance.ts";
import { listVisibleEvents, listVisibleRules } from "@/lib/alerts/list.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { visibleTeams } from "@/lib/auth/visible-teams.ts";
import { recommend, takeCare } from "./actions.ts";
import { Views } from "./views.tsx";

export const metadata: Metadata = { title: "Alerts" };

const SHOWN = 100;
const TONES = { critical: "bad", warning: "warn", info: undefined } as const;

export default async function AlertsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/alerts");
  const { ctx, zone, now } = input;
  const [events, rules, teams] = await Promise.all([
    listVisibleEvents(ctx, SHOWN),
    listVisibleRules(ctx),
    listTeams(readerFor(ctx, "alerts.read")),
  ]);
  const isOpen = (e: AlertEvent) => e.state === "firing" || e.state === "pending";
  const open = events.filter(isOpen);
  const past = events.filter((e) => !isOpen(e));
  const names = new Map(teams.map((team) => [team.key, team.name]));
  const ruleNames = new Map(rules.map((rule) => [rule.key, rule.name]));
  const columns = (acts: boolean): readonly TableColumn<AlertEvent>[] => [
    text("title", "Alert", (e) => e.title, {
      look: ["wide"],
      link: (e) => e.detail.link || null,
      note: (e) => e.detail.summary,
    }),
    text("severity", "Severity", (e) => e.severity, { toneOf: (e) => TONES[e.severity] }),
    text("state", "State", stateOf, { lead: true }),
    text("team", "Team", (e) => (e.teamKey ? (names.get(e.teamKey) ?? String(e.teamKey)) : "everything")),
    text("rule", "Rule", (e) => ruleNames.get(e.ruleKey) ?? "deleted rule"),
    instant("since", "Since", (e) => e.startedAt, { look: ["whole"] }),
    ...(acts && mayDo(ctx.viewer, "alerts.manage")
      ? [drawn<AlertEvent>("act", "Act", (e) => <Acknowledge of={e} />)]
      : []),
    ...(acts
      ? []
      : [
          instant<AlertEvent>("resolved", "Resolved", (e) => e.resolvedAt, {
            look: ["whole"],
            unknown: "Happens once",
          }),
        ]),
  ];
  const table = (label: string, list: readonly AlertEvent[], acts: boolean) => (
    <DataTable view={plainView(label, columns(acts), { zone, now, carry: {} })} rows={list} keyOf={(e) => e.id} />
  );
  return (
    <>
      <PageHeader title="Alerts" notice={input.notice} controls={<Views at="/alerts" viewer={ctx.viewer} />}>
        {open.length === 0
          ? "Nothing is open."
          : `${open.length} open, the newest ${formatMoment(open[0]?.startedAt ?? now, zone)}.`}
      </PageHeader>
      {rules.length === 0 && (
        <Empty title="No rule yet">
          {mayDo(ctx.viewer, "alerts.manage") && visibleTeams(ctx.viewer) === "all" ? (
            <ActionForm action={recommend} label="Add the recommended rules" className="mt-2">
              <p>They watch the sync, gaps, prices, budgets, statements and periods.</p>
            </ActionForm>
          ) : (
            <a href="/alerts/rules" className="text-accent underline underline-offset-2">
              Add a rule
            </a>
          )}
        </Empty>
      )}
      {open.length > 0 && <Section title="Open">{table("Open alerts", open, true)}</Section>}
      <Section title="Earlier" note={past.length === SHOWN ? `the newest ${SHOWN}` : ""}>
        {past.length ? (
          table("Earlier alerts", past, false)
        ) : (
          <p className="text-sm text-soft">Nothing happened yet.</p>
        )}
      </Section>
    </>
  );
}

function stateOf({ state, acknowledgedAt, acknowledgedBy }: AlertEvent): string {
  if (state === "firing" && acknowledgedAt !== null) return `acknowledged by ${acknowledgedBy}`;
  return state === "recorded" ? "reported" : state;
}

function Acknowledge({ of: { id, state, acknowledgedAt } }: { of: AlertEvent }) {
  if (state !== "firing" || acknowledgedAt !== null) return null;
  return (
    <Guarded label="Acknowledge">
      <p className="mb-2 text-soft">It is not repeated or escalated until it gets worse.</p>
      <ActionForm action={takeCare} label="Acknowledge" fields={{ event: id }}>
        <TextField label="Note (audit log)" name="reason" />
      </ActionForm>
    </Guarded>
  );
}
