import type { Metadata } from "next";
import { moneySettings } from "@/app/(dashboard)/prices/money.ts";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { readerFor } from "@/lib/auth/allow.ts";
import { env } from "@/lib/env.ts";
import { priceFeeds } from "@/lib/jobs/outside.ts";
import { findListPrices } from "@/lib/pricing/catalogue-changes.ts";
import { listCatalogues } from "@/lib/pricing/catalogue-store.ts";
import { FEED_READING } from "@/lib/pricing/feeds.ts";
import { loadPlacesToPrice } from "@/lib/pricing/price-store.ts";
import { listReadings } from "@/lib/readings/index.ts";
import { dateOf } from "@/lib/time.ts";
import { Catalogues } from "./catalogues.tsx";
import { ImportForm } from "./import-form.tsx";
import { ProposeForm } from "./propose-form.tsx";

export const metadata: Metadata = { title: "Propose prices" };

const LIST_PRICES_SHOWN = 12;

export default async function ProposePage({ searchParams }: { searchParams: Search }) {
  const { ctx, params, billingZone, zone, now } = await readInput(searchParams);
  needPage(ctx, "/prices/propose");
  const { currency } = moneySettings();
  const [{ models, nodePools, clusters }, listPrices, catalogues, readings] = await Promise.all([
    loadPlacesToPrice(readerFor(ctx, "prices.propose")),
    findListPrices(ctx, params.q ?? "", LIST_PRICES_SHOWN),
    listCatalogues(readerFor(ctx, "prices.propose")),
    listReadings(readerFor(ctx, "prices.propose"), FEED_READING, 10),
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
      <Catalogues
        catalogues={catalogues}
        today={dateOf(now, billingZone)}
        feeds={priceFeeds(env())}
        readings={readings}
        zone={zone}
        now={now}
      />
    </>
  );
}
