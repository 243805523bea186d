import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { TRAVELLING } from "@/components/href.ts";
import { Empty, PageHeader } from "@/components/page-header.tsx";
import { List } from "@/components/tables/list.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { ButtonLink } from "@/components/ui/button.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { loadPricesPage } from "@/lib/pages/prices.ts";
import { dateOfKey } from "@/lib/time.ts";
import { recordRate } from "./actions.ts";
import { PRICE_NAMES, readBook, readPlaces, readProposals, readRates } from "./lists.tsx";
import { moneySettings } from "./money.ts";
import { OpenItems } from "./open-items.tsx";
import { Trail } from "./trail.tsx";

export const metadata: Metadata = { title: "Prices" };

export default async function PricesPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/prices");
  const { currency, ...money } = moneySettings();
  input.address.only([...TRAVELLING, ...PRICE_NAMES]);
  const page = await loadPricesPage(input.ctx, { currency, ...money });
  const [places, proposals, book, rates] = [
    readPlaces(input, page),
    readProposals(input, page),
    readBook(input, page),
    readRates(input, page, currency),
  ];
  return (
    <>
      <PageHeader
        title="Prices"
        notice={input.notice}
        controls={
          <ButtonLink look="strong" href="/prices/propose">
            Propose prices
          </ButtonLink>
        }
      >
        What an hour of a GPU, a core or a GiB costs, from which day on. Days in {input.billingZone}.
      </PageHeader>
      <OpenItems items={page.openItems} />
      <List
        title="In force today"
        note={`${currency} for one GPU and hour`}
        {...places}
        empty={
          <Empty title="No GPU is known yet">
            Prices can be proposed already; they wait for the GPUs that they name.
          </Empty>
        }
      />
      <List
        title="Proposals"
        note="nothing is charged by a proposal before it is approved"
        {...proposals}
        empty={<Empty title="Nothing was proposed yet" />}
      />
      <List
        title="The price book"
        note="a price holds from its day on, until a later one for the same thing replaces it"
        {...book}
        empty={
          <Empty title="No price is approved yet">
            Propose one, see what it would have cost each team last month, then approve it.
          </Empty>
        }
      />
      <List
        title="Exchange rates"
        note={`what one unit is worth in ${currency}; a rate holds until a later one`}
        {...rates}
        empty={<p className="text-sm text-soft">No rate is recorded: prices can be in {currency} only.</p>}
      >
        <ActionForm action={recordRate} label="Record the rate" busy="Recording…" look="plain" className="mt-4">
          <TextField label="Currency" name="currency" required placeholder="EUR" />
          <TextField label={`Worth in ${currency}`} name="rate" required placeholder="1.0834" />
          <TextField label="From" name="day" type="date" required value={dateOfKey(page.today)} />
          <TextField label="Source of the rate" name="source" required placeholder="ECB reference rate" />
        </ActionForm>
      </List>
      <Trail acts={page.acts} zone={input.zone} />
    </>
  );
}
