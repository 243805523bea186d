"use client";
import { useActionState } from "react";
import { Section } from "@/components/page-header";
import { type Answer, importFile } from "../actions";
import { AnswerText, BUTTON, FIELD } from "../fields";

/** A file of prices, taken whole or not at all. */
export function ImportForm() {
  const [answer, act, pending] = useActionState<Answer | null, FormData>(importFile, null);
  return (
    <Section title="From a file" note="CSV, or YAML with a list of prices; taken whole, or not at all">
      <form action={act} className="flex flex-wrap items-end gap-3">
        <label className="grid gap-1 text-xs text-faint">
          File
          <input
            name="file"
            type="file"
            required
            accept=".csv,.yaml,.yml"
            className="h-8 text-sm text-ink file:mr-2 file:h-8 file:rounded-md file:border file:border-line-strong file:bg-ground file:px-2"
          />
        </label>
        <label className="grid gap-1 text-xs text-faint">
          Title of the proposal
          <input name="title" maxLength={200} placeholder="the file's name" className={FIELD} />
        </label>
        <button type="submit" disabled={pending} className={BUTTON}>
          {pending ? "Reading…" : "Propose the file's prices"}
        </button>
      </form>
      <p className="mt-2 text-xs text-faint">
        Columns: kind, match, cluster, price_class, unit_price, currency, effective_from, note. Of these kind,
        unit_price and effective_from are needed.
      </p>
      <AnswerText answer={answer} />
    </Section>
  );
}
