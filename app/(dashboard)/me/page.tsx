import type { Metadata } from "next";
import { OpenFindings } from "@/app/(dashboard)/findings/open-findings.tsx";
import { mayOpen } from "@/app/may-open.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { plural } from "@/components/format.ts";
import { href, TRAVELLING, travelling } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView } from "@/components/tables/view.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import { env } from "@/lib/env.ts";
import { loadMine, type Mine } from "@/lib/pages/home/me.ts";
import { MyKpis } from "./my-kpis.tsx";
import { nowSentence, recentColumns, runningColumns, teamColumns } from "./parts.tsx";

export const metadata: Metadata = { title: "My workloads" };

/** What the viewer runs and ran themself: open to everybody who is signed in, since it holds nothing of others. */
export default async function MePage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  const { ctx, period, zone, params } = input;
  input.address.only(TRAVELLING);
  const mine = await loadMine(ctx, period);
  const isLinked = mayOpen(ctx.viewer, "/workloads");
  const look = { zone, now: input.now, carry: travelling(params) };
  const header = (
    <PageHeader title="My workloads" notice={input.notice} controls={<PeriodControl input={input} />}>
      {mine.names.length > 0 && nowSentence(mine)}
    </PageHeader>
  );
  if (mine.names.length === 0) return <NoNames header={header} />;
  return (
    <>
      {header}
      <MyKpis mine={mine} days={period.days} />
      <OpenFindings input={input} users={mine.names} />
      <Section title="Running" note="what holds GPUs now; idle longest first">
        <DataTable
          view={plainView("Running workloads", runningColumns(mine.currency, env().RUNAI_URL, isLinked), look)}
          rows={mine.running}
          empty={<Empty title="None of your workloads holds a GPU now" />}
        />
      </Section>
      <Section title="Recent" note="with usage in this period, newest first">
        <DataTable
          view={plainView("Recent workloads", recentColumns(mine.currency, isLinked), look)}
          rows={mine.recent}
          empty={<Empty title="No other workload of yours used a GPU in this period">Choose a longer period.</Empty>}
        />
        <AllOfThem mine={mine} carry={look.carry} />
      </Section>
      {mine.teams.length > 0 && (
        <Section title="My part of the team" note="of its total in this period">
          <DataTable view={plainView("My teams", teamColumns(mine.currency), look)} rows={mine.teams} />
        </Section>
      )}
      <p className="mt-8 text-xs text-faint">
        Workloads submitted as {mine.names.join(", ")}. Is a name missing? An administrator adds it under People &amp;
        tokens.
      </p>
    </>
  );
}

function NoNames({ header }: { header: React.ReactNode }) {
  return (
    <>
      {header}
      <Empty title="No submitter name is linked with you">
        Workloads are yours when the cluster says that they were submitted under one of your names, usually your e-mail
        address. Ask an administrator to add the name under People &amp; tokens.
      </Empty>
    </>
  );
}

function AllOfThem({ mine, carry }: { mine: Mine; carry: ReturnType<typeof travelling> }) {
  const more = mine.count - mine.running.length - mine.recent.length;
  if (more <= 0) return null;
  const user = mine.names.length === 1 ? mine.names[0] : undefined;
  return (
    <p className="mt-2 text-xs">
      <TextLink to={href("/workloads", carry, { user, sort: "created" })}>
        {plural(more, "more workload")} in this period
      </TextLink>
    </p>
  );
}
