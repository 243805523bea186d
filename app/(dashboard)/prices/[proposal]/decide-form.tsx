"use client";
import { useActionState, useState } from "react";
import { dateOfKey } from "@/lib/time";
import { type Answer, decide } from "../actions";
import { AnswerText, BUTTON, FIELD, PRIMARY } from "../fields";

type How = "approved" | "rejected" | "withdrawn";

/** First what it will do, then the deed. */
export function DecideForm({ proposal, from }: { proposal: string; from: number }) {
  const [answer, act, pending] = useActionState<Answer | null, FormData>(decide, null);
  const [how, choose] = useState<How | null>(null);
  const effects: Record<How, string> = {
    approved: `The prices become the next version of the book. Days from ${dateOfKey(from)} on are charged again within a minute where a server runs; days of closed periods stay, and what differs there becomes a correction.`,
    rejected: "Nothing is charged by the prices. The proposal stays on record as rejected.",
    withdrawn: "Nothing is charged by the prices. The proposal stays on record as withdrawn.",
  };
  const deeds: Record<How, string> = { approved: "Put in force", rejected: "Reject it", withdrawn: "Take it back" };
  return (
    <div>
      <div className="flex flex-wrap gap-2">
        <button type="button" className={PRIMARY} onClick={() => choose("approved")}>
          Approve…
        </button>
        <button type="button" className={BUTTON} onClick={() => choose("rejected")}>
          Reject…
        </button>
        <button type="button" className={BUTTON} onClick={() => choose("withdrawn")}>
          Withdraw…
        </button>
      </div>
      {how && (
        <form action={act} className="mt-4 max-w-2xl rounded-md bg-raised p-4 text-sm">
          <p className="font-medium">What this will do</p>
          <p className="mt-1 text-soft">{effects[how]}</p>
          <input type="hidden" name="proposal" value={proposal} />
          <input type="hidden" name="how" value={how} />
          <label className="mt-3 grid gap-1 text-xs text-faint">
            {how === "rejected" ? "Why (needed)" : "Why"}
            <input name="reason" required={how === "rejected"} maxLength={2000} className={FIELD} />
          </label>
          <div className="mt-3 flex gap-2">
            <button type="submit" disabled={pending} className={PRIMARY}>
              {pending ? "Deciding…" : deeds[how]}
            </button>
            <button type="button" className={BUTTON} onClick={() => choose(null)}>
              Do not
            </button>
          </div>
        </form>
      )}
      <AnswerText answer={answer} />
    </div>
  );
}
