import type { Column, Content, TableCell } from "pdfmake/interfaces";
import { priced, roundingDescription } from "@/lib/exports/statement-lines.ts";
import { formatDigits } from "@/lib/format.ts";
import type { Statement, StatementWorkload } from "@/lib/statements/types.ts";
import { overrideWords, rateSentences } from "@/lib/statements/words.ts";
import { formatInstant } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";
import { percent } from "./figures.ts";
import { LATIN } from "./fonts.ts";
import { below, digits, FAINT, head, LINE, money, type Pen, quantity, SMALL, SOFT, section } from "./style.ts";

/** The workloads that cost most, as given. */
export function topWorkloads(pen: Pen, workloads: readonly StatementWorkload[]): Content[] {
  if (!workloads.length) return [];
  const rows = workloads.map((w): TableCell[] => [
    {
      stack: [
        pen.set.text(w.name, {}, w.workloadId || "Workload without a name"),
        below(pen, [w.project, w.user, w.category, w.gpuModel].filter(Boolean).join(" · ")),
      ],
    },
    quantity(priced(w.quantity, "gpu")),
    digits(percent(percentOf(w.observedMilli, w.expectedMilli)), { color: SOFT }),
    money(pen, w.idleMicros),
    money(pen, w.amountMicros),
  ]);
  return [
    section({
      title: "Workloads that cost most",
      note: "part of the usage above",
      widths: ["*", 76, 46, 80, 92],
      heads: [
        head("Workload"),
        head("GPU-hours", true),
        head("Coverage", true),
        head("Idle", true),
        head(`Amount, ${pen.currency}`, true),
      ],
      rows,
    }),
  ];
}

/** Open items that were let pass when the period was closed, each with its reason. */
export function overrides(pen: Pen, { header }: Statement): Content[] {
  if (!header.overrides.length) return [];
  return [
    section({
      title: "Closed in spite of",
      widths: ["*", "*", 110],
      heads: [head("Open item"), head("Reason"), head("Decided by")],
      rows: header.overrides.map((override): TableCell[] => {
        const { title, detail } = overrideWords(override);
        return [
          { stack: [pen.set.text(title), ...(detail ? [below(pen, detail)] : [])] },
          ...[override.reason, override.by].map((text) => pen.set.text(text, {}, "–")),
        ];
      }),
    }),
  ];
}

/** How much of what was charged was seen at work. */
function coverage({ header }: Statement): string {
  const { observedMilli, expectedMilli } = header;
  const share = percentOf(observedMilli, expectedMilli);
  if (share === null) return "No GPU time was charged that samples could have shown at work.";
  const hours = formatDigits(String(Math.round((expectedMilli - observedMilli) / 3_600_000)));
  const rest =
    expectedMilli > observedMilli
      ? ` The other ${hours} GPU-hours (${percent(100 - share)}) were held too, but nobody saw whether they worked: they are charged, and never called idle.`
      : "";
  return `${percent(share)} of the GPU time charged was observed by samples. How long and how many GPUs were held comes from the scheduler: a lost sample changes no amount.${rest}`;
}

const FORMULA =
  "Amount = quantity × unit price, day by day, exact to a millionth of the currency. The parts of a day are rounded so that they add up to the whole, so a line may differ from its own product by some millionths. Quantity is GPUs held × time held, as the scheduler knows it. An idle GPU has the price of a GPU.";

function rounding({ header }: Statement): string {
  const { currency } = header;
  return `Digits below the minor unit of ${currency} are printed small. The sum of the lines is rounded once, half away from zero; the line “${roundingDescription(currency)}” carries the difference.`;
}

type Note = readonly [name: string, sentences: readonly string[]];

function notes(pen: Pen, list: readonly Note[]): Content[] {
  return list
    .filter(([, sentences]) => sentences.length > 0)
    .map(([name, sentences]) => ({
      columns: [
        { width: 112, text: name, font: LATIN, bold: true, color: SOFT },
        { width: "*", stack: sentences.map((s) => pen.set.text(s, { margin: [0, 0, 0, 2], lineHeight: 1.15 })) },
      ],
      margin: [0, 3, 0, 3],
    }));
}

/** What is of this statement. */
function terms(statement: Statement): Note[] {
  const { policies, dispute } = statement.header;
  const draft = statement.state === "closed" ? [] : ["This is a draft: amounts may change until the period is closed."];
  return [
    ["Data coverage", [coverage(statement)]],
    ["Policies", policies],
    ["Exchange rates", rateSentences(statement)],
    ["Questions and disputes", [...draft, ...(dispute ? [dispute] : [])]],
  ];
}

/** What is true of every statement. */
function method(pen: Pen, statement: Statement): Note[] {
  const marks =
    "A question mark in a name may stand for a character that the fonts of this document lack; CSV, JSON and workbook have it.";
  return [
    ["How amounts are made", [FORMULA]],
    ["Rounding", [rounding(statement)]],
    ["Characters", pen.set.incomplete ? [marks] : []],
  ];
}

function signature(pen: Pen, role: string, name: string): Column {
  return {
    width: "*",
    stack: [
      { canvas: [{ type: "line", x1: 0, y1: 34, x2: (pen.width - 24) / 2, y2: 34, lineWidth: 0.6, lineColor: SOFT }] },
      { ...pen.set.text(name ? `${role}: ${name}` : role, { fontSize: SMALL, color: SOFT, margin: [0, 3, 0, 0] }) },
      { text: "Name, date, signature", font: LATIN, fontSize: SMALL, color: FAINT },
    ],
  };
}

function seal(statement: Statement): Content {
  const { generatedAt, closedAt, hash } = statement;
  const rows = [
    ["Generated", formatInstant(generatedAt)],
    ...(closedAt === null ? [] : [["Closed", formatInstant(closedAt)]]),
    ["SHA-256 over header and lines", hash ?? "none before the close"],
  ];
  return {
    table: {
      widths: [112, "*"],
      body: rows.map(([name = "", value = ""]) => [
        { text: name, font: LATIN, color: SOFT },
        { text: value, font: LATIN },
      ]),
    },
    layout: {
      hLineWidth: () => 0.4,
      vLineWidth: () => 0,
      hLineColor: () => LINE,
      paddingLeft: () => 0,
      paddingRight: () => 0,
    },
    fontSize: SMALL + 0.5,
    margin: [0, 12, 0, 0],
  };
}

/** Coverage, policies, disputes, how amounts are made; where to sign, never on a page of its own; what proves it. */
export function closing(pen: Pen, statement: Statement): Content[] {
  const { issuer, team, approver } = statement.header;
  const issuerSide = signature(pen, `For ${issuer.trim() || "the issuer"}`, "");
  const teamSide = signature(pen, `For ${team.name.trim() || "the team"}`, approver || team.owner);
  const [first, ...rest] = notes(pen, terms(statement));
  const heading: Content = { text: "Notes", font: LATIN, bold: true, fontSize: 11, margin: [0, 18, 0, 4] };
  return [
    { unbreakable: true, stack: [heading, first as Content] },
    ...rest,
    {
      unbreakable: true,
      stack: [
        ...notes(pen, method(pen, statement)),
        { columns: [issuerSide, teamSide], columnGap: 24, margin: [0, 8, 0, 0] },
        seal(statement),
      ],
    },
  ];
}
