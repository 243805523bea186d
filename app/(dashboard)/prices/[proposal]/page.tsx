import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { StatusBadge } from "@/app/(dashboard)/prices/status-badge.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { formatMoment } from "@/components/format.ts";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { readerFor } from "@/lib/auth/allow.ts";
import { visibleTeams } from "@/lib/auth/visible-teams.ts";
import { findProposal, listProposed, loadPlacesToPrice } from "@/lib/pricing/price-store.ts";
import { DecideForm } from "./decide-form.tsx";
import { DryRun } from "./dry-run.tsx";
import { ProposedLines } from "./proposed-lines.tsx";

export const metadata: Metadata = { title: "Proposed prices" };

interface Props {
  readonly params: Promise<{ proposal: string }>;
  readonly searchParams: Search;
}

export default async function ProposalPage({ params, searchParams }: Props) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/prices");
  const proposal = await findProposal(readerFor(input.ctx, "prices.read"), (await params).proposal);
  if (!proposal) notFound();
  const [prices, places] = await Promise.all([
    listProposed(readerFor(input.ctx, "prices.read"), proposal.id),
    loadPlacesToPrice(readerFor(input.ctx, "prices.read")),
  ]);
  const clusters = new Map(places.clusters.map((c) => [c.id, c.name]));
  const open = proposal.status === "proposed";
  return (
    <>
      <PageHeader
        title={proposal.title}
        trail={[{ label: "Prices", href: "/prices" }]}
        controls={open ? <PeriodControl input={input} /> : null}
        notice={input.notice}
      >
        <StatusBadge status={proposal.status} />{" "}
        {proposal.version !== null && `version ${proposal.version} of the book, `}
        proposed {formatMoment(proposal.proposedAt, input.zone)} by {proposal.proposedBy}
        {proposal.decidedAt !== null &&
          `, ${proposal.status} ${formatMoment(proposal.decidedAt, input.zone)} by ${proposal.decidedBy}`}
        {proposal.note && <span className="block">{proposal.note}</span>}
      </PageHeader>
      <ProposedLines prices={prices} clusters={clusters} />
      {open && visibleTeams(input.ctx.viewer) === "all" && (
        <DryRun input={input} path={`/prices/${proposal.id}`} prices={prices} />
      )}
      {open && (
        <Section title="Decide" note="a decided proposal never changes; to correct it, create a new proposal">
          <DecideForm proposal={proposal.id} from={Math.min(...prices.map((p) => p.effectiveFrom))} />
        </Section>
      )}
    </>
  );
}
