import type { ReactNode } from "react";
import { classLabel } from "@/components/classes.ts";
import { formatGpus, formatMib, formatMoment, formatMoney, formatPercent, formatSpan } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { count, gpus, instant, moneyIn, percent, text, textField } from "@/components/tables/columns.ts";
import type { Look, TableColumn } from "@/components/tables/view.ts";
import { IDLE } from "@/lib/classes.ts";
import { sumExactly } from "@/lib/money.ts";
import type { FleetCard } from "@/lib/pages/cards.ts";
import type { FleetSlot } from "@/lib/pages/types.ts";
import type { Cell } from "@/lib/reports/report.ts";
import { HOUR } from "@/lib/time.ts";

type Column = TableColumn<FleetCard>;

/** A shared card as cards of one part each: the lines of its row, and of the download. */
export const partsOf = (card: FleetCard): FleetCard[] => card.parts.map((part) => ({ ...card, parts: [part] }));

/** A value of each part, one under the other within the card's row, so far apart that their links are targets of 24 px (WCAG 2.5.8). */
const lines = (draw: (part: FleetSlot, look: Look) => ReactNode) => (card: FleetCard, look: Look) => {
  const [only, ...others] = card.parts;
  if (only && others.length === 0) return draw(only, look);
  return card.parts.map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a card have a fixed order.
    <span key={i} className="block truncate leading-6">
      {draw(part, look)}
    </span>
  ));
};
const first = (pick: (part: FleetSlot) => Cell) => (card: FleetCard) => (card.parts[0] ? pick(card.parts[0]) : null);
const held = (part: FleetSlot) => part.workloadKey !== 0;

/** What a part has cost since it is idle, at the rate of its newest charged day; null: it is not idle, or has no rate. */
const lostOf = ({ class: of, hourMicros, sinceAt }: FleetSlot, now: number): number | null =>
  hourMicros !== null && (IDLE as readonly string[]).includes(of)
    ? Math.round((hourMicros * Math.max(0, now - sinceAt)) / HOUR)
    : null;

/** Of the parts of a card that are known; null where none is. */
function sumOfParts({ parts }: FleetCard, pick: (part: FleetSlot) => number | null): number | null {
  const known = parts.map(pick).filter((v) => v !== null);
  return known.length > 0 ? sumExactly(known) : null;
}

const PLACE: readonly Column[] = [
  text("node", "Node", (c) => c.node.node, {
    look: ["whole"],
    fields: [textField("cluster", (c) => c.node.cluster), textField("node", (c) => c.node.node)],
  }),
  gpus(
    "part",
    "Part",
    first((p) => p.milli / 1000),
    {
      ...{ header: "gpus", order: (c) => c.parts.length, cell: lines((p) => formatGpus(p.milli)) },
    },
  ),
  text(
    "class",
    "Class",
    first((p) => p.class),
    {
      order: first((p) => classLabel(p.class)),
      lead: true,
      cell: lines((p) => <span className={`swatch-of c-${p.class}`}>{classLabel(p.class)}</span>),
    },
  ),
];

const HOLDER: readonly Column[] = [
  text(
    "workload",
    "Workload",
    first((p) => p.workload),
    {
      order: first((p) => p.workload || null),
      look: ["cut"],
      cell: lines((p, { carry }) =>
        held(p) ? <a href={href(`/workloads/${p.workloadKey}`, carry)}>{p.workload}</a> : p.workload || "nobody",
      ),
    },
  ),
  text(
    "project",
    "Project",
    first((p) => p.project),
    {
      order: first((p) => p.project || null),
      look: ["whole"],
      cell: lines((p) => p.project || "\u00a0"),
    },
  ),
  text(
    "user",
    "Owner",
    first((p) => p.user),
    {
      ...{ header: "owner", order: first((p) => p.user || null), look: ["cut"] },
      cell: lines((p) => p.user || "\u00a0"),
    },
  ),
  percent(
    "utilisation",
    "Utilisation",
    first((p) => p.utilisationPercent),
    {
      header: "utilisation_percent",
      cell: lines((p) => (held(p) ? formatPercent(p.utilisationPercent) : "\u00a0")),
    },
  ),
  count(
    "memory",
    "Memory",
    first((p) => p.gpuMemoryMib),
    {
      header: "gpu_memory_mib",
      cell: lines((p) => (held(p) ? formatMib(p.gpuMemoryMib) : "\u00a0")),
    },
  ),
  instant(
    "since",
    "Since",
    first((p) => p.sinceAt),
    {
      look: ["whole"],
      cell: lines((p, { zone, now }) => (
        <span title={formatMoment(p.sinceAt, zone)}>{formatSpan(now - p.sinceAt)}</span>
      )),
    },
  ),
];

const CARD: readonly Column[] = [
  text("gpu", "GPU", (c) => c.gpu, {
    ...{ order: false, look: ["cut", "soft"], unknown: "The source names GPUs that are held" },
  }),
  text("pool", "Node pool", (c) => c.node.pool, {
    header: "node_pool",
    extra: true,
    look: ["whole"],
    unknown: "No source names a pool",
  }),
  text("model", "Model", (c) => c.node.gpuModel, {
    ...{ header: "gpu_model", look: ["cut", "soft"], unknown: "No source names the model" },
  }),
];

/** The columns of the fleet's table: a row for each card, with a line for each part of a shared one. */
export const cardColumns = (currency: string, now: number): readonly Column[] => [
  ...PLACE,
  moneyIn(currency)("hour", "An hour", (c: FleetCard) => sumOfParts(c, (p) => p.hourMicros), {
    ...{ total: true, unknown: "Not charged yet, or no price is in force" },
    cell: lines((p) => formatMoney(p.hourMicros, currency)),
  }),
  moneyIn(currency)("lost", "Idle so far", (c: FleetCard) => sumOfParts(c, (p) => lostOf(p, now)), {
    ...{ header: "idle_cost_so_far", title: "Since it is idle, at what an hour of it costs", total: true },
    ...{ unknown: "Not idle, or no price is in force", toneOf: () => "warn" },
    cell: lines((p) => (lostOf(p, now) === null ? "\u00a0" : formatMoney(lostOf(p, now), currency))),
  }),
  ...HOLDER,
  ...CARD,
];
