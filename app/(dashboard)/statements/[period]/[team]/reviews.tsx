import { review, settle, withdraw } from "@/app/(dashboard)/statements/actions.ts";
import { formatMoment } from "@/components/format.ts";
import { ExactMoney } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { CheckField, SelectField, TextArea, TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { isTeamFor } from "@/lib/auth/visible-teams.ts";
import type { Viewer } from "@/lib/ctx.ts";
import type { Micros } from "@/lib/money.ts";
import type { AnsweredReview } from "@/lib/statements/review-store.ts";
import type { Statement, StatementLine } from "@/lib/statements/types.ts";

interface Props {
  readonly statement: Statement;
  readonly reviews: readonly AnsweredReview[];
  readonly viewer: Viewer;
  readonly zone: string;
  readonly closed: boolean;
}

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
            {r.earlier.map((e) => (
              <p key={e.at} className="max-w-prose text-soft">
                {e.by} disputed it before: {e.reason} {e.answeredBy} answered: {e.answer}{" "}
                <Given micros={e.answerMicros} currency={h.currency} />
              </p>
            ))}
            <p>
              {r.by} {SAID[r.verdict]} <span className="font-medium">{nameOf(r.lineKey)}</span>{" "}
              <span className="text-faint">{formatMoment(r.at, zone)}</span>
            </p>
            {r.reason && <p className="max-w-prose text-soft">{r.reason}</p>}
            {r.answer && (
              <p className="max-w-prose">
                {r.answeredBy} answered: {r.answer} <Given micros={r.answerMicros} currency={h.currency} />
              </p>
            )}
            {!closed && r.verdict === "settled" && mayDo(viewer, "lines.answer") && (
              <Withdraw fields={{ ...fields, line: r.lineKey }} />
            )}
            {!closed && r.verdict === "disputed" && mayDo(viewer, "lines.answer") && (
              <Answer fields={{ ...fields, line: r.lineKey }} currency={h.currency} />
            )}
          </li>
        ))}
      </ul>
      {!closed && mayDo(viewer, "lines.review") && isTeamFor(viewer, "lines.review", h.team.key) && (
        <Say fields={fields} lines={lines} />
      )}
    </Section>
  );
}

/** What an answer gave or charged, exactly: the total of the statement has it. */
function Given({ micros, currency }: { micros: Micros | null; currency: string }) {
  if (micros === null) return null;
  if (micros === 0) return <span className="text-faint">(no amount)</span>;
  return (
    <span className="whitespace-nowrap font-medium">
      {micros < 0 ? "Credit" : "Debit"} <ExactMoney micros={micros} currency={currency} />
    </span>
  );
}

function Answer({ fields, currency }: { fields: Readonly<Record<string, string>>; currency: string }) {
  return (
    <div className="no-print mt-1 max-w-prose">
      <ActionForm stacked action={settle} label="Answer" busy="Answering…" fields={fields} look="plain">
        <TextArea label="Answer" name="answer" required />
        <TextField
          label={`Credit (negative) or debit in ${currency}`}
          name="amount"
          inputMode="decimal"
          placeholder="-12.50"
          hint="At most what is disputed. Leave it empty where the line stands."
        />
        <CheckField label="The amount changes the statement" name="sure" value="yes" />
      </ActionForm>
    </div>
  );
}

function Withdraw({ fields }: { fields: Readonly<Record<string, string>> }) {
  return (
    <div className="no-print">
      <Guarded label="Withdraw the answer">
        <ActionForm stacked action={withdraw} label="Withdraw" busy="Withdrawing…" fields={fields} look="plain">
          <TextField label="Reason (audit log)" name="reason" required />
        </ActionForm>
      </Guarded>
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
        busy="Accepting…"
        fields={{ ...fields, verdict: "accepted" }}
        look="plain"
      >
        <LineChoice label="Accept" lines={lines} />
      </ActionForm>
      <ActionForm
        stacked
        action={review}
        label="Dispute"
        busy="Disputing…"
        fields={{ ...fields, verdict: "disputed" }}
        look="plain"
      >
        <LineChoice label="Dispute" lines={lines} />
        <TextArea label="Reason" name="reason" required />
      </ActionForm>
    </div>
  );
}

function LineChoice({ label, lines }: { label: string; lines: Statement["lines"] }) {
  const whole = { value: "", label: "The statement as a whole" };
  const options = [whole, ...lines.map((l) => ({ value: l.key, label: lineName(l) }))];
  return <SelectField label={label} name="line" options={options} />;
}
