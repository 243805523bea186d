import type { Metadata } from "next";
import Link from "next/link";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { loadPricesPage } from "@/lib/pages/prices.ts";
import { dateOfKey } from "@/lib/time.ts";
import { Book } from "./book.tsx";
import { InForce, OpenItems } from "./in-force.tsx";
import { moneySettings } from "./money.ts";
import { Proposals } from "./proposals.tsx";
import { Rates } from "./rates.tsx";
import { Trail } from "./trail.tsx";

export const metadata: Metadata = { title: "Prices" };

export default async function PricesPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/prices");
  const money = moneySettings();
  const page = await loadPricesPage(input.ctx, money);
  const clusters = new Map(page.places.map((p) => [p.clusterId, p.cluster]));
  return (
    <>
      <PageHeader
        title="Prices"
        controls={
          <Link
            href="/prices/propose"
            prefetch={false}
            className="inline-flex h-8 items-center rounded-md bg-accent px-3 text-sm font-medium text-accent-ink hover:opacity-90"
          >
            Propose prices
          </Link>
        }
      >
        What an hour of a GPU, a core or a GiB costs, from which day on. Days in {input.billingZone}.
      </PageHeader>
      <OpenItems items={page.openItems} />
      <InForce places={page.places} currency={money.currency} />
      <Proposals proposals={page.proposals} zone={input.zone} />
      <Book histories={page.histories} clusters={clusters} />
      <Rates rates={page.rates} currency={money.currency} today={dateOfKey(page.today)} />
      <Trail acts={page.acts} zone={input.zone} />
    </>
  );
}
