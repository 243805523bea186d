import type { ReactNode } from "react";
import { ClassName } from "@/components/class-bar.tsx";
import { classLabel } from "@/components/classes.ts";
import { RowLink } from "@/components/data-table.tsx";
import { formatGpus, formatMib, formatMoment, formatSpan } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Percent, Unknown } from "@/components/quantity.tsx";
import { countField, gpusField, instantField, percentField, textField } from "@/components/table-fields.ts";
import type { Look, TableColumn } from "@/components/table-view.ts";
import type { FleetCard } from "@/lib/pages/cards.ts";
import type { FleetSlot } from "@/lib/pages/types.ts";

type Column = TableColumn<FleetCard>;

/** A shared card as cards of one part each: the lines of its row, and of the download. */
export const partsOf = (card: FleetCard): FleetCard[] => card.parts.map((part) => ({ ...card, parts: [part] }));

/** A value of each part, one under the other within the card's row, so far apart that their links are targets of 24 px (WCAG 2.5.8). */
const lines = (draw: (part: FleetSlot, look: Look) => ReactNode) => (card: FleetCard, look: Look) =>
  card.parts.map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a card have a fixed order.
    <span key={i} className={`block truncate ${card.parts.length > 1 ? "leading-6" : ""}`}>
      {draw(part, look)}
    </span>
  ));
const first =
  <T,>(pick: (part: FleetSlot) => T) =>
  (card: FleetCard) => {
    const [part] = card.parts;
    return part ? pick(part) : null;
  };
const held = (part: FleetSlot) => part.workloadKey !== 0;

const PLACE: readonly Column[] = [
  {
    key: "node",
    label: "Node",
    order: (c) => c.node.node,
    className: "align-top whitespace-nowrap",
    cell: (c) => c.node.node,
    fields: [textField("cluster", (c) => c.node.cluster), textField("node", (c) => c.node.node)],
  },
];

const CARD: readonly Column[] = [
  {
    key: "gpu",
    label: "GPU",
    className: "max-w-36 truncate align-top text-soft",
    cell: (c) => (c.gpu ? <span title={c.gpu}>{c.gpu}</span> : <Unknown why="The source names cards that are held" />),
    fields: [textField("gpu", (c) => c.gpu)],
  },
  {
    key: "pool",
    label: "Node pool",
    extra: true,
    order: (c) => c.node.pool || null,
    className: "align-top whitespace-nowrap",
    cell: (c) => c.node.pool || <Unknown />,
    fields: [textField("node_pool", (c) => c.node.pool)],
  },
  {
    key: "model",
    label: "Model",
    order: (c) => c.node.gpuModel || null,
    className: "max-w-40 truncate align-top text-soft",
    cell: (c) => (c.node.gpuModel ? <span title={c.node.gpuModel}>{c.node.gpuModel}</span> : <Unknown />),
    fields: [textField("gpu_model", (c) => c.node.gpuModel)],
  },
];

const HOLDER: readonly Column[] = [
  {
    key: "part",
    label: "Part",
    right: true,
    order: (c) => c.parts.length,
    className: "align-top",
    cell: lines((p) => formatGpus(p.milli)),
    fields: [
      gpusField(
        "gpus",
        first((p) => p.milli / 1000),
      ),
    ],
  },
  {
    key: "class",
    label: "Class",
    order: first((p) => classLabel(p.class)),
    className: "align-top",
    cell: lines((p) => <ClassName of={p.class} />),
    fields: [
      textField(
        "class",
        first((p) => p.class),
      ),
    ],
  },
  {
    key: "workload",
    label: "Workload",
    order: first((p) => p.workload || null),
    className: "max-w-52 align-top",
    cell: lines((p, { carry }) =>
      held(p) ? (
        <RowLink to={href(`/workloads/${p.workloadKey}`, carry)}>{p.workload}</RowLink>
      ) : (
        <span className="text-faint">{p.workload || "nobody"}</span>
      ),
    ),
    fields: [
      textField(
        "workload",
        first((p) => p.workload),
      ),
    ],
  },
  {
    key: "project",
    label: "Project",
    order: first((p) => p.project || null),
    className: "align-top whitespace-nowrap",
    cell: lines((p) => p.project || "\u00a0"),
    fields: [
      textField(
        "project",
        first((p) => p.project),
      ),
    ],
  },
  {
    key: "user",
    label: "Owner",
    order: first((p) => p.user || null),
    className: "max-w-44 align-top",
    cell: lines((p) => p.user || "\u00a0"),
    fields: [
      textField(
        "owner",
        first((p) => p.user),
      ),
    ],
  },
];

const FIGURES: readonly Column[] = [
  {
    key: "utilisation",
    label: "Utilisation",
    right: true,
    order: first((p) => p.utilisationPercent),
    className: "align-top",
    cell: lines((p) => (held(p) ? <Percent value={p.utilisationPercent} /> : "\u00a0")),
    fields: [
      percentField(
        "utilisation_percent",
        first((p) => p.utilisationPercent),
      ),
    ],
  },
  {
    key: "memory",
    label: "Memory",
    right: true,
    order: first((p) => p.gpuMemoryMib),
    className: "align-top",
    cell: lines((p) => (held(p) ? formatMib(p.gpuMemoryMib) : "\u00a0")),
    fields: [
      countField(
        "gpu_memory_mib",
        first((p) => p.gpuMemoryMib),
      ),
    ],
  },
  {
    key: "since",
    label: "Since",
    right: true,
    order: first((p) => p.sinceAt),
    className: "align-top",
    cell: lines((p, { zone, now }) => <span title={formatMoment(p.sinceAt, zone)}>{formatSpan(now - p.sinceAt)}</span>),
    fields: [
      instantField(
        "since",
        first((p) => p.sinceAt),
      ),
    ],
  },
];

/** The columns of the fleet's table: a row for each card, with a line for each part of a shared one. */
export const CARD_COLUMNS: readonly Column[] = [...PLACE, ...HOLDER, ...FIGURES, ...CARD];
