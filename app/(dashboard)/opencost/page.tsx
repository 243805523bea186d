import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { ReadingTable } from "@/components/reading-table.tsx";
import { List } from "@/components/tables/list.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { env } from "@/lib/env.ts";
import { counted } from "@/lib/format.ts";
import { hasOpencost } from "@/lib/jobs/outside.ts";
import type { OpencostView } from "@/lib/pages/opencost.ts";
import { readNow } from "./actions.ts";
import { OPENCOST_NAMES, readOpencostRows } from "./lists.tsx";

export const metadata: Metadata = { title: "OpenCost" };

export default async function OpencostPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/opencost");
  input.address.only([...TRAVELLING, ...OPENCOST_NAMES]);
  const { comparison, ...list } = await readOpencostRows(input);
  return (
    <>
      <PageHeader title="OpenCost" notice={input.notice} controls={<PeriodControl input={input} />}>
        GPU cost by namespace as OpenCost calculates it, and as the ledger charges it. What OpenCost says of CPU,
        memory, storage and network comes in as imported cost; its GPU cost never does.
      </PageHeader>
      <Days comparison={comparison} />
      <List
        title="GPU cost by namespace"
        note="the largest difference first"
        {...list}
        keyOf={(r) => `${r.clusterId}/${r.namespace}`}
        empty={
          <Empty title="Nothing to compare in this period">
            {hasOpencost(env())
              ? "Days that OpenCost was read of and that are charged are compared."
              : "Set OPENCOST_URL to the address of OpenCost's API; see docs/opencost.md."}
          </Empty>
        }
      />
      <Readings input={input} comparison={comparison} />
    </>
  );
}

function Days({ comparison: { days, leftOut } }: { comparison: OpencostView }) {
  if (days === 0) return null;
  return (
    <p className="mb-6 text-sm text-soft">
      Compared: {counted(days, "day")}.
      {leftOut > 0 && ` Left out: ${counted(leftOut, "day")} that one of them has nothing of.`}
    </p>
  );
}

function Readings({ input, comparison }: { input: PageInput; comparison: OpencostView }) {
  const mayRead = hasOpencost(env()) && mayDo(input.ctx.viewer, "costs.import");
  if (!mayRead && comparison.readings.length === 0) return null;
  return (
    <Section title="Readings" note="newest first; a day is read after its end, and once more when it has settled">
      <ReadingTable readings={comparison.readings} zone={input.zone} now={input.now} />
      {mayRead && (
        <ActionForm action={readNow} label="Read what is due" busy="Reading…" look="plain" className="mt-3" />
      )}
    </Section>
  );
}
