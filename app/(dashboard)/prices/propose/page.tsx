import type { Metadata } from "next";
import { readInput, type Search } from "@/app/page-input";
import { PageHeader } from "@/components/page-header";
import { findListPrices } from "@/lib/pricing/catalogue-changes";
import { listCatalogues } from "@/lib/pricing/catalogue-store";
import { loadPlacesToPrice } from "@/lib/pricing/price-store";
import { dateOf } from "@/lib/time";
import { moneySettings } from "../money";
import { Catalogues } from "./catalogues";
import { ImportForm } from "./import-form";
import { ProposeForm } from "./propose-form";

export const metadata: Metadata = { title: "Propose prices" };

const LIST_PRICES_SHOWN = 12;

export default async function ProposePage({ searchParams }: { searchParams: Search }) {
  const { ctx, params, billingZone, now } = await readInput(searchParams);
  const { currency } = moneySettings();
  const [{ models, nodePools, clusters }, listPrices, catalogues] = await Promise.all([
    loadPlacesToPrice(ctx.db),
    findListPrices(ctx, params.q ?? "", LIST_PRICES_SHOWN),
    listCatalogues(ctx.db),
  ]);
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
        listPrices={listPrices}
      />
      <ImportForm />
      <Catalogues catalogues={catalogues} today={dateOf(now, billingZone)} />
    </>
  );
}
