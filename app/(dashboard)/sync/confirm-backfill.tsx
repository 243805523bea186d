"use client";
import { useActionState } from "react";
import { type Answer, startBackfill } from "./actions";

export function ConfirmBackfill({ from, to }: { from: string; to: string }) {
  const [answer, act, pending] = useActionState<Answer | null, FormData>(startBackfill, null);
  return (
    <form action={act} className="mt-3">
      <input type="hidden" name="from" value={from} />
      <input type="hidden" name="to" value={to} />
      <button
        type="submit"
        disabled={pending}
        className="h-8 rounded-md bg-accent px-3 text-sm font-medium text-accent-ink hover:opacity-90 disabled:opacity-60"
      >
        {pending ? "Asking…" : "Start the backfill"}
      </button>
      {answer && !answer.ok && (
        <p role="alert" className="mt-2 text-bad">
          {answer.message}
        </p>
      )}
    </form>
  );
}
