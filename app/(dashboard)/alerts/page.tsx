import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { tableNames } from "@/app/table-input.ts";
import { formatMoment } from "@/components/format.ts";
import { TRAVELLING } from "@/components/href.ts";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { List } from "@/components/tables/list.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { listVisibleRules } from "@/lib/alerts/list.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { teamsSeenWhole } from "@/lib/auth/visible-teams.ts";
import { recommend } from "./actions.ts";
import { readAlertEvents, SHOWN } from "./lists.tsx";
import { Stopped } from "./stopped.tsx";
import { Views } from "./views.tsx";

export const metadata: Metadata = { title: "Alerts" };

export default async function AlertsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/alerts");
  input.address.only([...TRAVELLING, ...tableNames()]);
  const { ctx, zone } = input;
  const [list, rules] = await Promise.all([readAlertEvents(input), listVisibleRules(ctx)]);
  const open = list.rows.filter((e) => e.state === "firing" || e.state === "pending");
  const newest = Math.max(...open.map((e) => e.startedAt));
  return (
    <>
      <PageHeader title="Alerts" notice={input.notice} controls={<Views at="/alerts" viewer={ctx.viewer} />}>
        {open.length === 0 ? "Nothing is open." : `${open.length} open, the newest ${formatMoment(newest, zone)}.`}
      </PageHeader>
      <Stopped rules={rules} now={input.now} zone={zone} />
      {rules.length === 0 && (
        <Empty title="No rule yet">
          {mayDo(ctx.viewer, "alerts.manage") && teamsSeenWhole(ctx.viewer) === "all" ? (
            <ActionForm action={recommend} label="Add the recommended rules" className="mt-2">
              <p>They watch the sync, gaps, prices, budgets, statements and periods.</p>
            </ActionForm>
          ) : (
            <TextLink to="/alerts/rules">Add a rule</TextLink>
          )}
        </Empty>
      )}
      <List
        title="Alerts"
        note={list.rows.length === SHOWN ? `the newest ${SHOWN}` : "open ones first"}
        {...list}
        keyOf={(e) => e.id}
        empty={<Empty title="Nothing happened yet" />}
      />
    </>
  );
}
