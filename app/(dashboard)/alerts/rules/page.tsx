import type { Metadata } from "next";
import { recommend } from "@/app/(dashboard)/alerts/actions.ts";
import { readAlertRules } from "@/app/(dashboard)/alerts/lists.tsx";
import { Stopped } from "@/app/(dashboard)/alerts/stopped.tsx";
import { Views } from "@/app/(dashboard)/alerts/views.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { List } from "@/components/tables/list.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { listVisibleDigests } from "@/lib/alerts/digest/choose.ts";
import { listVisibleChannels } from "@/lib/alerts/list.ts";
import { RULE_KINDS } from "@/lib/alerts/rules/index.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { teamsSeenWhole } from "@/lib/auth/visible-teams.ts";
import { TeamDigests } from "./digests.tsx";
import { RuleEditor } from "./editor.tsx";

export const metadata: Metadata = { title: "Alert rules" };

const lacksRecommended = (rules: readonly { readonly kind: string }[]): boolean =>
  RULE_KINDS.some((kind) => kind.recommended && !rules.some((rule) => rule.kind === kind.kind));

export default async function RulesPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/alerts");
  const { ctx, params } = input;
  const [list, channels, all, digests] = await Promise.all([
    readAlertRules(input),
    listVisibleChannels(ctx),
    listTeams(readerFor(ctx, "alerts.read")),
    listVisibleDigests(ctx),
  ]);
  const rules = list.rows;
  const visible = teamsSeenWhole(ctx.viewer);
  const mine = all.filter((t) => t.archivedAt === null && (visible === "all" || visible.includes(t.key)));
  const edited = rules.find((rule) => String(rule.key) === params.rule);
  const mayChange = mayDo(ctx.viewer, "alerts.manage");
  return (
    <>
      <PageHeader title="Alert rules" notice={input.notice} controls={<Views at="/alerts/rules" viewer={ctx.viewer} />}>
        What is watched, and who hears of it. Rules are evaluated every minute; those of findings and GPUs every 5
        minutes, of budgets, forecasts, anomalies and unit costs every hour.
      </PageHeader>
      <Stopped rules={rules} now={input.now} zone={input.zone} />
      <List
        title="Rules"
        {...list}
        keyOf={(r) => r.key}
        empty={<Empty title="No rule yet">Choose below what to watch.</Empty>}
      />
      {mayChange && visible === "all" && !edited && lacksRecommended(rules) && (
        <ActionForm action={recommend} label="Add the recommended rules" look="plain" className="mt-4" />
      )}
      {mayChange && (
        <Section id="edit" title={edited ? `Change “${edited.name}”` : "Add a rule"}>
          <RuleEditor input={input} rule={edited} channels={channels} teams={mine} everything={visible === "all"} />
        </Section>
      )}
      {mayChange && mine.length > 0 && (
        <Section id="digests" title="Digests of teams">
          <p className="mb-3 max-w-prose text-sm text-soft">
            What happened to the alerts of a team, at 08:00 each day or on Mondays, for its lead and managers or for a
            channel. Nobody is sent what they were sent already.
          </p>
          <TeamDigests digests={digests} channels={channels} teams={mine} />
        </Section>
      )}
    </>
  );
}
