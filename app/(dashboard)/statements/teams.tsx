import type { PageInput } from "@/app/page-input.ts";
import { readView } from "@/app/table-input.ts";
import { exactly } from "@/components/money.tsx";
import { drawn, moneyIn, percent, text } from "@/components/tables/columns.ts";
import type { Listed } from "@/components/tables/list.tsx";
import { sortRows, type TableColumn } from "@/components/tables/view.ts";
import { STATEMENT_FORMATS } from "@/lib/api/statement-files.ts";
import type { LineReview } from "@/lib/statements/review-store.ts";
import type { Statement } from "@/lib/statements/types.ts";
import { percentOf } from "@/lib/units.ts";
import { FileLinks } from "./period-links.tsx";

/** What teams have said of their statements, by key. */
export interface Said {
  readonly disputed: ReadonlySet<number>;
  readonly accepted: ReadonlySet<number>;
}

/** What reviews of a period's lines say of each team. */
export const saidOf = (reviews: readonly LineReview[]): Said => ({
  disputed: new Set(reviews.filter((r) => r.verdict === "disputed").map((r) => r.teamKey)),
  accepted: new Set(reviews.filter((r) => r.verdict === "accepted" && r.lineKey === "").map((r) => r.teamKey)),
});

/** The statements of a period; totals are what is booked, each rounded once. */
export function listStatements(
  input: PageInput,
  statements: readonly Statement[],
  said: Said,
  path = "/statements",
): Listed<Statement> {
  const columns = columnsOf(statements, said);
  // Their files are those of the period, which stand beside.
  const view = readView(input, columns, { label: "Statements by team", path });
  return { view, rows: sortRows(statements, view) };
}

const kindOf = ({ number, kind, header: h }: Statement): string =>
  [number ?? "draft", kind === "credit-note" && "credit note", h.team.costCentre || "no cost centre"]
    .filter(Boolean)
    .join(" · ");

/** What says nothing of any team of the period is left out until it is chosen, so that narrow screens keep the files. */
function columnsOf(statements: readonly Statement[], { disputed, accepted }: Said): readonly TableColumn<Statement>[] {
  const currency = statements[0]?.header.currency ?? "USD";
  const isUnsaid = (says: (s: Statement) => boolean) => ({ extra: statements.length > 0 && !statements.some(says) });
  const money = moneyIn(currency);
  const exact = { total: true, ...exactly(currency) } as const;
  const change = ({ header: h }: Statement) => (h.previousMicros === null ? null : h.totalMicros - h.previousMicros);
  const addressOf = ({ header: h }: Statement) => `/statements/${h.period.id}/${h.team.key}`;
  return [
    text("team", "Team", (s) => s.header.team.name, { link: addressOf, note: kindOf }),
    money("usage", "Usage", (s) => s.header.usageMicros, exact),
    money("shared", "Shared", (s) => s.header.shareMicros + s.header.costMicros, exact),
    money("corrections", "Corrections", (s) => s.header.correctionMicros, {
      ...exact,
      ...isUnsaid((s) => s.header.correctionMicros !== 0),
    }),
    money("rounding", "Rounding", (s) => s.header.roundingMicros, { ...exact, extra: true }),
    money("total", "Total", (s) => s.header.roundedMicros, { total: true, lead: true, look: ["strong"] }),
    money("change", "From last", change, { change: true, ...isUnsaid((s) => change(s) !== null) }),
    percent("coverage", "Coverage", (s) => percentOf(s.header.observedMilli, s.header.expectedMilli)),
    text(
      "review",
      "Review",
      ({ header: { team } }) => (disputed.has(team.key) ? "disputed" : accepted.has(team.key) ? "accepted" : ""),
      isUnsaid(({ header: { team } }) => disputed.has(team.key) || accepted.has(team.key)),
    ),
    drawn(
      "files",
      "Files",
      (s) => (
        <FileLinks
          whose={s.header.team.name}
          formats={STATEMENT_FORMATS}
          to={(format) => `/api/v1${addressOf(s)}/${format}`}
        />
      ),
      { bare: false, look: ["screen"] },
    ),
  ];
}
