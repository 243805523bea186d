"use client";
import { ArrowDownUp } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useState, useTransition } from "react";
import { formatNumber, formatSpan, plural } from "@/components/format.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Unknown } from "@/components/quantity.tsx";
import { EVERY_MS } from "@/components/shell/asked.ts";
import { useSyncState } from "@/components/shell/sync-state.tsx";
import { Button } from "@/components/ui/button.tsx";
import type { Answer } from "@/components/ui/field.tsx";
import type { SyncState } from "@/lib/pages/types.ts";
import { cancel, resume, syncNow } from "./actions.ts";
import { Backfills } from "./backfills.tsx";
import { Runs } from "./runs.tsx";

/** What changes while the page is open: asked for every two seconds, after a first paint from the server. */
export function LiveState({
  initial,
  zone,
  mayOperate,
  children,
}: {
  initial: SyncState;
  zone: string;
  mayOperate: boolean;
  children: ReactNode;
}) {
  const router = useRouter();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [pending, start] = useTransition();
  const { data = initial, isError, again, query } = useSyncState(EVERY_MS);
  const act = (verb: () => Promise<Answer>) =>
    start(async () => {
      setAnswer(await verb());
      again();
      router.refresh();
    });
  return (
    <>
      {query}
      <Figures state={data} />
      <div className="-mt-4 mb-8 flex flex-wrap items-center gap-3">
        {mayOperate && (
          <Button look="strong" disabled={pending} onClick={() => act(syncNow)}>
            <ArrowDownUp size={14} aria-hidden="true" />
            Sync now
          </Button>
        )}
        <p role="status" className={`text-sm ${answer && !answer.ok ? "text-bad" : "text-soft"}`}>
          {isError ? "The server does not answer; this page keeps asking." : (answer?.message ?? "")}
        </p>
      </div>
      <Backfills
        state={data}
        zone={zone}
        mayOperate={mayOperate}
        busy={pending}
        onCancel={(id) => act(() => cancel(id))}
        onResume={(id) => act(() => resume(id))}
      />
      {children}
      <Runs runs={data.runs} now={data.at} zone={zone} />
    </>
  );
}

function Figures({ state }: { state: SyncState }) {
  const { health, facts } = state;
  const run = health.lastRun;
  return (
    <Kpis
      items={[
        {
          label: "Last sync",
          value: run ? (
            run.finishedAt === null ? (
              run.status
            ) : (
              `${formatSpan(state.at - run.finishedAt)} ago`
            )
          ) : (
            <Unknown why="No sync has run yet" />
          ),
          note: run?.finishedAt ? (
            <span className={run.status === "failed" ? "text-bad" : ""}>{run.status}</span>
          ) : undefined,
        },
        {
          label: "Open gaps",
          value: formatNumber(health.openGaps),
          note: health.openGaps ? "asked again by themselves" : "nothing is missing",
        },
        { label: "Windows due", value: formatNumber(health.dueWindows), note: "still to be read" },
        { label: "Buckets to meter", value: formatNumber(health.dueBuckets), note: "changed since they were metered" },
        { label: "Workloads", value: formatNumber(facts.workloads), note: plural(facts.pods, "pod") },
        {
          label: "Nodes",
          value: formatNumber(facts.nodes),
          note: `in ${plural(facts.clusters, "cluster")}`,
        },
      ]}
    />
  );
}
