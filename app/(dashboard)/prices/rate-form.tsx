"use client";
import { type ChangeEvent, useActionState, useState } from "react";
import { type Answer, recordRate } from "./actions";
import { AnswerText, BUTTON, FIELD } from "./fields";

export function RateForm({ currency, today }: { currency: string; today: string }) {
  const [answer, act, pending] = useActionState<Answer | null, FormData>(recordRate, null);
  // Kept here, because a form forgets its own fields once its action has answered.
  const [rate, setRate] = useState({ currency: "", rate: "", day: today, source: "" });
  const held = (name: keyof typeof rate) => ({
    name,
    value: rate[name],
    onChange: (e: ChangeEvent<HTMLInputElement>) => setRate({ ...rate, [name]: e.target.value }),
  });
  const label = "grid gap-1 text-xs text-faint";
  return (
    <form action={act} className="no-print mt-4">
      <div className="flex flex-wrap items-end gap-3">
        <label className={label}>
          Currency
          <input {...held("currency")} required maxLength={3} placeholder="EUR" className={`${FIELD} max-w-24`} />
        </label>
        <label className={label}>
          {`Worth in ${currency}`}
          <input {...held("rate")} required inputMode="decimal" placeholder="1.0834" className={`${FIELD} max-w-32`} />
        </label>
        <label className={label}>
          From
          <input {...held("day")} type="date" required className={FIELD} />
        </label>
        <label className={label}>
          Source of the rate
          <input {...held("source")} required maxLength={200} placeholder="ECB reference rate" className={FIELD} />
        </label>
        <button type="submit" disabled={pending} className={BUTTON}>
          {pending ? "Recording…" : "Record the rate"}
        </button>
      </div>
      <AnswerText answer={answer} />
    </form>
  );
}
