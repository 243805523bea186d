import type { Content, ContentText, TableCell } from "pdfmake/interfaces";
import { priced } from "@/lib/exports/statement-lines.ts";
import { formatDigits } from "@/lib/format.ts";
import { formatMicros, SKUS, sumExactly } from "@/lib/money.ts";
import { own } from "@/lib/order.ts";
import type { Statement, StatementLine } from "@/lib/statements/types.ts";
import { methodWords } from "@/lib/statements/words.ts";
import { percentOf } from "@/lib/units.ts";
import { dayText, percent, unitPrice } from "./figures.ts";
import { LATIN } from "./fonts.ts";
import { below, digits, FAINT, head, INK, money, type Pen, quantity, SMALL, SOFT, section, sumRow } from "./style.ts";

const UNITS: Readonly<Record<string, string>> = { "GPU-Hours": "GPU-h", "Core-Hours": "core-h", "GiB-Hours": "GiB-h" };
const unitOf = (line: StatementLine): string =>
  line.sku ? (own(UNITS, SKUS[line.sku].unit) ?? SKUS[line.sku].unit) : "";

const sumOf = (lines: readonly StatementLine[]) => sumExactly(lines.map((l) => l.amountMicros));
const some = (...parts: readonly string[]): string => parts.filter(Boolean).join(" · ");

/** What a line is, and under it where. */
function what(pen: Pen, line: StatementLine, where: string): TableCell {
  const name = pen.set.text(line.description, {}, "Line without a description");
  return where ? { stack: [name, below(pen, where)] } : name;
}

/** The name of a project above its first line, so that no page ends between them. */
function under(first: boolean, above: Content, content: Content): TableCell {
  return first ? { stack: [above, content], margin: [0, 3, 0, 0] } : (content as TableCell);
}

function usageRow(pen: Pen, line: StatementLine, group: readonly StatementLine[]): TableCell[] {
  const first = line === group[0];
  // A node of its own each time: pdfmake writes into what it lays out.
  const blank = (): Content => ({ text: " ", font: LATIN, lineHeight: 1.35 });
  const project: Content = {
    text: [
      ...pen.set.named(line.project, "No project").map((run) => ({ ...run, bold: true, color: INK })),
      ...pen.set.runs(line.department && ` · ${line.department}`),
    ],
    color: FAINT,
    lineHeight: 1.35,
  };
  const places = some(line.cluster && `cluster ${line.cluster}`, line.nodePool && `pool ${line.nodePool}`);
  return [
    under(first, project, what(pen, line, places) as Content),
    under(first, blank(), line.sku && line.quantity !== null ? quantity(priced(line.quantity, line.sku)) : ""),
    under(first, blank(), { text: unitOf(line), font: LATIN, color: SOFT }),
    under(first, blank(), line.unitPriceNanos === null ? "" : digits(unitPrice(line.unitPriceNanos))),
    under(first, blank(), line.priceVersion === null ? "" : digits(`v${line.priceVersion}`, { color: SOFT })),
    under(first, money(pen, sumOf(group), { bold: true, lineHeight: 1.35 }), money(pen, line.amountMicros)),
  ];
}

/** Usage, project by project: each with its sum, then quantity × unit price = amount for each of its lines. */
export function usage(pen: Pen, { lines, header }: Statement): Content[] {
  const all = lines.filter((l) => l.kind === "usage");
  if (!all.length) return [];
  const groups = Map.groupBy(all, (l) => `${l.department}\u0000${l.project}`);
  const rows = [...groups.values()].flatMap((group) => group.map((line) => usageRow(pen, line, group)));
  return [
    section({
      title: "Usage",
      widths: ["*", 74, 34, 52, 34, 96],
      heads: [
        head("Project, what and where"),
        head("Quantity", true),
        head("Unit"),
        head("Unit price", true),
        head("Prices", true),
        head(`Amount, ${pen.currency}`, true),
      ],
      rows: [...rows, sumRow("Usage", 4, money(pen, header.usageMicros, { bold: true }))],
    }),
  ];
}

/** What was held and did nothing, where it cost most. It is part of the usage above, and not charged again. */
export function idle(pen: Pen, { lines, header }: Statement): Content[] {
  const most = 12;
  const all = lines
    .filter((l) => l.kind === "usage" && l.idleMicros > 0)
    .toSorted((a, b) => b.idleMicros - a.idleMicros);
  if (!all.length) return [];
  const [top, rest] = [all.slice(0, most), all.slice(most)];
  const row = (name: TableCell, milli: number, micros: number, of: number): TableCell[] => [
    name,
    quantity(priced(milli, "gpu")),
    digits(percent(percentOf(micros, of))),
    money(pen, micros),
  ];
  const others = (pick: (l: StatementLine) => number) => sumExactly(rest.map(pick));
  return [
    section({
      title: "Held and idle",
      note: "part of the usage above, not charged again",
      widths: ["*", 80, 60, 96],
      heads: [
        head("Project and GPU"),
        head("Idle GPU-hours", true),
        head("Of its line", true),
        head(`Amount, ${pen.currency}`, true),
      ],
      rows: [
        ...top.map((l) =>
          row(
            what(
              pen,
              { ...l, description: l.project.trim() || "No project" },
              some(l.description, l.nodePool && `pool ${l.nodePool}`),
            ),
            l.idleQuantity,
            l.idleMicros,
            l.amountMicros,
          ),
        ),
        ...(rest.length
          ? [
              row(
                { text: `${rest.length} more lines`, font: LATIN },
                others((l) => l.idleQuantity),
                others((l) => l.idleMicros),
                others((l) => l.amountMicros),
              ),
            ]
          : []),
        [
          { text: "Idle", font: LATIN, bold: true },
          quantity(priced(header.idleQuantity, "gpu"), { bold: true }),
          digits(
            percent(percentOf(header.idleMicros, sumOf(lines.filter((l) => l.kind === "usage" && l.sku === "gpu")))),
          ),
          money(pen, header.idleMicros, { bold: true }),
        ],
      ],
    }),
  ];
}

/** What policies moved to or from the team: each with its base and the team's part of it. */
export function shares(pen: Pen, { lines, header }: Statement): Content[] {
  const all = lines.filter((l) => l.kind === "share");
  if (!all.length) return [];
  const rows = all.map((line): TableCell[] => [
    what(
      pen,
      line,
      some(line.cluster && `cluster ${line.cluster}`, line.gpuModel, line.nodePool && `pool ${line.nodePool}`),
    ),
    { text: line.method && methodWords(line.method), font: LATIN },
    line.weight > 0 && line.weightTotal > 0 ? digits(percent((100 * line.weight) / line.weightTotal)) : "",
    money(pen, line.amountMicros),
  ]);
  return [
    section({
      title: "Shared and idle capacity",
      widths: ["*", 140, 60, 96],
      heads: [head("What"), head("Policy"), head("Team's part", true), head(`Amount, ${pen.currency}`, true)],
      rows: [...rows, sumRow("Shared and idle capacity", 2, money(pen, header.shareMicros, { bold: true }))],
    }),
  ];
}

/** Cost that other systems billed. */
export function costs(pen: Pen, { lines, header }: Statement): Content[] {
  const all = lines.filter((l) => l.kind === "cost");
  if (!all.length) return [];
  const rows = all.map((line): TableCell[] => [
    what(pen, line, some(line.project && `project ${line.project}`, line.cluster && `cluster ${line.cluster}`)),
    days(line),
    money(pen, line.amountMicros),
  ]);
  return [
    section({
      title: "Imported cost",
      widths: ["*", 150, 96],
      heads: [head("What"), head("Days"), head(`Amount, ${pen.currency}`, true)],
      rows: [...rows, sumRow("Imported cost", 1, money(pen, header.costMicros, { bold: true }))],
    }),
  ];
}

/** From the first day to the first that no longer counts. */
const days = (line: StatementLine): ContentText => ({
  text: `${dayText(line.fromDay, true)} until ${dayText(line.untilDay, true)}`,
  font: LATIN,
  color: SOFT,
});

const exact = (micros: number): string => formatDigits(formatMicros(micros));

/** What a correction changes, beneath its amount. */
const sides = ({ before, amountMicros }: StatementLine): Content[] =>
  before
    ? [
        {
          text: `${exact(before.amountMicros)} → ${exact(before.amountMicros + amountMicros)}`,
          font: LATIN,
          fontSize: SMALL,
          color: SOFT,
          alignment: "right",
        },
      ]
    : [];

/** Corrections of closed periods: what they correct, and why. */
export function corrections(pen: Pen, { lines, header }: Statement): Content[] {
  const all = lines.filter((l) => l.kind === "correction");
  if (!all.length) return [];
  const rows = all.map((line): TableCell[] => [
    what(pen, line, some(line.project && `project ${line.project}`, line.reason)),
    { stack: [pen.set.text(line.corrects, {}, "–"), days(line)] },
    line.sku && line.quantity !== null
      ? {
          stack: [
            quantity(priced(line.quantity, line.sku)),
            { text: unitOf(line), font: LATIN, color: SOFT, alignment: "right" },
          ],
        }
      : "",
    { stack: [money(pen, line.amountMicros), ...sides(line)] },
  ]);
  return [
    section({
      title: "Adjustments",
      note: "of periods that are closed, where what was booked stays and the difference is booked here; and answers to disputes",
      widths: ["*", 150, 70, 96],
      heads: [
        head("What and why"),
        head("Statement and days corrected"),
        head("Quantity", true),
        head(`Amount, ${pen.currency}`, true),
      ],
      rows: [...rows, sumRow("Adjustments", 2, money(pen, header.correctionMicros, { bold: true }))],
    }),
  ];
}
