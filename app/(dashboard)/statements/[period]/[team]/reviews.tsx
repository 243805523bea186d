import { review, settle } from "@/app/(dashboard)/statements/actions.ts";
import { ActionForm } from "@/components/action-form.tsx";
import { formatMoment } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import type { Viewer } from "@/lib/ctx.ts";
import type { LineReview } from "@/lib/statements/review-store.ts";
import type { Statement, StatementLine } from "@/lib/statements/types.ts";

interface Props {
  readonly statement: Statement;
  readonly reviews: readonly LineReview[];
  readonly viewer: Viewer;
  readonly zone: string;
  readonly closed: boolean;
}

const FIELD = "rounded-md border border-line-strong bg-ground px-2 text-sm text-ink";
const SAID = { accepted: "accepted", disputed: "disputes", settled: "disputed" } as const;

const lineName = (line: StatementLine): string => [line.project, line.description].filter(Boolean).join(": ");

/** What the team says of its statement, and what was answered. */
export function Reviews({ statement, reviews, viewer, zone, closed }: Props) {
  const { header: h, lines } = statement;
  const fields = { period: h.period.id, team: String(h.team.key) };
  const nameOf = (key: string) => {
    const line = lines.find((l) => l.key === key);
    return line ? lineName(line) : key ? "a line" : "the statement";
  };
  if (closed && reviews.length === 0) return null;
  return (
    <Section id="reviews" title="What the team says">
      {reviews.length === 0 && <p className="text-sm text-soft">Nobody has accepted or disputed it yet.</p>}
      <ul className="grid gap-4">
        {reviews.map((r) => (
          <li key={r.lineKey} className="grid gap-1.5 border-b pb-3 text-sm">
            <p>
              {r.by} {SAID[r.verdict]} <span className="font-medium">{nameOf(r.lineKey)}</span>{" "}
              <span className="text-faint">{formatMoment(r.at, zone)}</span>
            </p>
            {r.reason && <p className="max-w-prose text-soft">{r.reason}</p>}
            {r.answer && (
              <p className="max-w-prose">
                {r.answeredBy} answered: {r.answer}
              </p>
            )}
            {!closed && r.verdict === "disputed" && mayDo(viewer, "lines.answer") && (
              <Answer fields={{ ...fields, line: r.lineKey }} currency={h.currency} />
            )}
          </li>
        ))}
      </ul>
      {!closed && mayDo(viewer, "lines.review") && <Say fields={fields} lines={lines} />}
    </Section>
  );
}

function Answer({ fields, currency }: { fields: Readonly<Record<string, string>>; currency: string }) {
  return (
    <div className="no-print mt-1 max-w-prose">
      <ActionForm stacked action={settle} label="Answer" busy="Answering …" fields={fields} look="plain">
        <label className="grid gap-1 text-xs text-faint">
          Answer
          <textarea name="answer" required minLength={3} rows={2} className={`${FIELD} py-1`} />
        </label>
        <label className="grid gap-1 text-xs text-faint">
          Credit (negative) or debit in {currency}; empty where the line stands
          <input name="amount" inputMode="decimal" placeholder="-12.50" className={`${FIELD} h-8 w-40`} />
        </label>
      </ActionForm>
    </div>
  );
}

function Say({ fields, lines }: { fields: Readonly<Record<string, string>>; lines: Statement["lines"] }) {
  return (
    <div className="no-print mt-6 grid gap-8 lg:grid-cols-2">
      <ActionForm
        stacked
        action={review}
        label="Accept"
        busy="Accepting …"
        fields={{ ...fields, verdict: "accepted" }}
        look="plain"
      >
        <LineChoice label="What is right" lines={lines} />
      </ActionForm>
      <ActionForm
        stacked
        action={review}
        label="Dispute"
        busy="Disputing …"
        fields={{ ...fields, verdict: "disputed" }}
        look="plain"
      >
        <LineChoice label="What is wrong" lines={lines} />
        <label className="grid gap-1 text-xs text-faint">
          Why
          <textarea name="reason" required minLength={3} rows={2} className={`${FIELD} py-1`} />
        </label>
      </ActionForm>
    </div>
  );
}

function LineChoice({ label, lines }: { label: string; lines: Statement["lines"] }) {
  return (
    <label className="grid gap-1 text-xs text-faint">
      {label}
      <select name="line" className={`${FIELD} h-8 min-w-0`}>
        <option value="">The statement as a whole</option>
        {lines.map((l) => (
          <option key={l.key} value={l.key}>
            {lineName(l)}
          </option>
        ))}
      </select>
    </label>
  );
}
