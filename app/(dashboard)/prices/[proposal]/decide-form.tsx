"use client";
import { useState } from "react";
import { decide } from "@/app/(dashboard)/prices/actions.ts";
import { BUTTON, PRIMARY } from "@/app/(dashboard)/prices/fields.ts";
import { ActionForm } from "@/components/action-form.tsx";
import { TextField } from "@/components/fields.tsx";
import { dateOfKey } from "@/lib/time.ts";

type How = "approved" | "rejected" | "withdrawn";

/** First what it will do, then the deed. */
export function DecideForm({ proposal, from }: { proposal: string; from: number }) {
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
        <div className="mt-4 max-w-2xl rounded-md bg-raised p-4 text-sm">
          <p className="font-medium">What this will do</p>
          <p className="mt-1 mb-3 text-soft">{effects[how]}</p>
          <ActionForm
            key={how}
            action={decide}
            label={deeds[how]}
            busy="Deciding…"
            look={how === "approved" ? "strong" : "danger"}
            fields={{ proposal, how }}
          >
            <TextField
              label={how === "rejected" ? "Why (needed)" : "Why"}
              name="reason"
              required={how === "rejected"}
            />
          </ActionForm>
          <button type="button" className={`${BUTTON} mt-2`} onClick={() => choose(null)}>
            Do not
          </button>
        </div>
      )}
    </div>
  );
}
