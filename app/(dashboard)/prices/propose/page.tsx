import type { Metadata } from "next";
import { readInput, type Search } from "@/app/page-input";
import { PageHeader } from "@/components/page-header";
import { LIST_PRICES } from "@/lib/pricing/list-prices";
import { loadPlacesToPrice } from "@/lib/pricing/price-store";
import { dateOf } from "@/lib/time";
import { moneySettings } from "../money";
import { ImportForm } from "./import-form";
import { ProposeForm } from "./propose-form";

export const metadata: Metadata = { title: "Propose prices" };

export default async function ProposePage({ searchParams }: { searchParams: Search }) {
  const { ctx, params, billingZone, now } = await readInput(searchParams);
  const { currency } = moneySettings();
  const { models, nodePools, clusters } = await loadPlacesToPrice(ctx.db);
  return (
    <>
      <PageHeader title="Propose prices" trail={[{ label: "Prices", href: "/prices" }]}>
        Nothing is charged by them before they are approved. First you see what they would have cost each team.
      </PageHeader>
      <ProposeForm
        currency={currency}
        monthStart={`${dateOf(now, billingZone).slice(0, 7)}-01`}
        match={params.match ?? models[0] ?? ""}
        models={models}
        nodePools={nodePools}
        clusters={clusters.map((c) => c.name)}
        listPrices={LIST_PRICES}
      />
      <ImportForm />
    </>
  );
}
