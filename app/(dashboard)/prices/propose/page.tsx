import type { Metadata } from "next";
import { moneySettings } from "@/app/(dashboard)/prices/money.ts";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { readerFor } from "@/lib/auth/allow.ts";
import { findListPrices } from "@/lib/pricing/catalogue-changes.ts";
import { listCatalogues } from "@/lib/pricing/catalogue-store.ts";
import { loadPlacesToPrice } from "@/lib/pricing/price-store.ts";
import { dateOf } from "@/lib/time.ts";
import { Catalogues } from "./catalogues.tsx";
import { ImportForm } from "./import-form.tsx";
import { ProposeForm } from "./propose-form.tsx";

export const metadata: Metadata = { title: "Propose prices" };

const LIST_PRICES_SHOWN = 12;

export default async function ProposePage({ searchParams }: { searchParams: Search }) {
  const { ctx, params, billingZone, now } = await readInput(searchParams);
  needPage(ctx, "/prices/propose");
  const { currency } = moneySettings();
  const [{ models, nodePools, clusters }, listPrices, catalogues] = await Promise.all([
    loadPlacesToPrice(readerFor(ctx, "prices.propose")),
    findListPrices(ctx, params.q ?? "", LIST_PRICES_SHOWN),
    listCatalogues(readerFor(ctx, "prices.propose")),
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
