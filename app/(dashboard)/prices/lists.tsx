import type { PageInput } from "@/app/page-input.ts";
import { readView, tableNames } from "@/app/table-input.ts";
import { formatMoment } from "@/components/format.ts";
import { count, day, gpuHours, instantField, nanos, text, textField } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { formatNanos } from "@/lib/money.ts";
import type { PricedPlace, PriceHistory, PricesPage, RecordedRate } from "@/lib/pages/prices.ts";
import { PRICE_CLASSES, type Proposal } from "@/lib/pricing/types.ts";
import { History } from "./history.tsx";
import { priceColumns } from "./price-columns.tsx";
import { StatusBadge } from "./status-badge.tsx";
import { CLASS_WORDS, originOf } from "./words.ts";

const PREFIXES = { places: "", proposals: "proposals-", book: "book-", rates: "rates-" } as const;
export const PRICE_NAMES = Object.values(PREFIXES).flatMap((prefix) => tableNames(prefix));

const listed = <R,>(
  input: PageInput,
  rows: readonly R[],
  columns: readonly TableColumn<R>[],
  label: string,
  list: keyof typeof PREFIXES,
): Listed<R> => {
  const view = readView(input, columns, { label, path: "/prices", list: `prices-${list}`, prefix: PREFIXES[list] });
  return { view, rows: sortRows(rows, view) };
};

/** What an hour of each GPU model costs today; what has no price stands first. */
export function readPlaces(input: PageInput, { places }: PricesPage): Listed<PricedPlace> {
  const classes = PRICE_CLASSES.filter((c) => c === "standard" || places.some((p) => p.prices[c]));
  const rows = [...places].sort((a, b) => Number(b.missing !== null) - Number(a.missing !== null));
  const columns: readonly TableColumn<PricedPlace>[] = [
    text("gpu_model", "GPU model", (p) => p.gpuModel, { look: ["strong"] }),
    text("node_pool", "Node pool", (p) => p.nodePool),
    text("cluster", "Cluster", (p) => p.cluster),
    ...classes.map((c) =>
      nanos<PricedPlace>(`price_${c}`, CLASS_WORDS[c], (p) => p.prices[c]?.unitPriceNanos ?? null, {
        ...{ lead: c === "standard", unknown: `No ${CLASS_WORDS[c]} price: the standard one applies` },
        hint: (p) => p.prices[c] && `version ${p.prices[c].version} of the price book`,
        link: (p) =>
          c === "standard" && !p.prices[c] ? `/prices/propose?match=${encodeURIComponent(p.gpuModel)}` : null,
        ...(c === "standard" ? { cell: (p) => standardOf(p) } : {}),
      }),
    ),
    gpuHours("gpu_hours_held", "GPU-hours held this month", (p) => p.heldMilli),
  ];
  return listed(input, rows, columns, "Prices in force", "places");
}

const standardOf = ({ prices: { standard } }: PricedPlace): string =>
  standard ? formatNanos(standard.unitPriceNanos) : "Set a price";

/** What was proposed, and what became of it. */
export function readProposals(input: PageInput, { proposals }: PricesPage): Listed<Proposal> {
  const columns: readonly TableColumn<Proposal>[] = [
    text("title", "Title", (p) => p.title || p.id.slice(0, 8), { link: (p) => `/prices/${p.id}` }),
    text("status", "Status", (p) => p.status, { lead: true, cell: (p) => <StatusBadge status={p.status} /> }),
    count("version", "Version", (p) => p.version),
    text("proposed", "Proposed", (p) => p.proposedBy, {
      look: ["whole"],
      order: (p) => p.proposedAt,
      cell: (p, { zone }) => `${formatMoment(p.proposedAt, zone)} by ${p.proposedBy}`,
      fields: [instantField("proposed_at", (p) => p.proposedAt), textField("proposed_by", (p) => p.proposedBy)],
    }),
    text("decided", "Decided", (p) => p.decidedBy, {
      look: ["whole"],
      order: (p) => p.decidedAt,
      cell: (p, { zone }) => p.decidedAt !== null && `${formatMoment(p.decidedAt, zone)} by ${p.decidedBy}`,
      fields: [instantField("decided_at", (p) => p.decidedAt), textField("decided_by", (p) => p.decidedBy)],
    }),
  ];
  return listed(input, proposals, columns, "Proposals", "proposals");
}

/** Every price that was approved, each with what it was before. */
export function readBook(input: PageInput, { histories, places }: PricesPage): Listed<PriceHistory> {
  const clusters = new Map(places.map((p) => [p.clusterId, p.cluster]));
  const columns: readonly TableColumn<PriceHistory>[] = [
    ...priceColumns<PriceHistory>(
      (h) => h.current,
      clusters,
      (h) => !h.inForce,
    ),
    text("origin", "Version and origin", ({ current: p }) => `v${p.version} · ${originOf(p.origin)}`, {
      ...{ look: ["wide"], note: (h) => h.all.length > 1 && <History all={h.all} current={h.current} /> },
    }),
  ];
  return listed(input, histories, columns, "The price book", "book");
}

/** What foreign currencies are worth, from when on. */
export function readRates(input: PageInput, { rates }: PricesPage, currency: string): Listed<RecordedRate> {
  const columns: readonly TableColumn<RecordedRate>[] = [
    text("currency", "Currency", (r) => r.currency, { look: ["strong"] }),
    day("from", "From", (r) => r.day),
    nanos("rate", `Worth in ${currency}`, (r) => r.rateNanos, { lead: true, cell: (r) => formatNanos(r.rateNanos) }),
    text("source", "Source", (r) => r.source),
    text("recorded_by", "Recorded by", (r) => r.recordedBy),
  ];
  return listed(input, rates, columns, "Exchange rates", "rates");
}
