import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { isConnected, listConnections } from "@/lib/connections/index.ts";
import { env } from "@/lib/env.ts";
import { loadGaps, loadOpenItems, loadSyncState } from "@/lib/pages/sync-state.ts";
import { BackfillForm } from "./backfill-form.tsx";
import { Connections } from "./connections.tsx";
import { Gaps } from "./gaps.tsx";
import { LiveState } from "./live-state.tsx";
import { OpenItems } from "./open-items.tsx";
import { readSync } from "./query.ts";
import { Scheduled } from "./scheduled.tsx";

export const metadata: Metadata = { title: "Sync" };

export default async function SyncPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/sync");
  const { ctx, params } = input;
  const { gaps: list } = await readSync(input);
  const [state, gaps, openItems, connections] = await Promise.all([
    loadSyncState(ctx),
    loadGaps(ctx, list.query),
    loadOpenItems(ctx),
    listConnections(ctx, env()),
  ]);
  return (
    <>
      <PageHeader title="Sync" notice={input.notice}>
        What was fetched, what is missing, and what is still to come. Times in {input.zone}; days in {input.billingZone}
        .
      </PageHeader>
      <LiveState initial={state} zone={input.zone} mayOperate={mayDo(ctx.viewer, "sync.run")}>
        <BackfillForm
          preview={params}
          zone={input.zone}
          billingZone={input.billingZone}
          now={input.now}
          stepSeconds={env().BACKFILL_STEP}
          state={state}
        />
      </LiveState>
      <OpenItems items={openItems} zone={input.zone} />
      <Gaps list={list} gaps={gaps} />
      <Scheduled canSync={await isConnected(readerFor(ctx, "sync.read"), env(), "inventory")} />
      <Connections
        connections={connections}
        windows={state.windows}
        zone={input.zone}
        mayOperate={mayDo(ctx.viewer, "sync.run")}
      />
    </>
  );
}
