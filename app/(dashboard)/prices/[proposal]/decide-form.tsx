"use client";
import { useState } from "react";
import { decide } from "@/app/(dashboard)/prices/actions.ts";
import { formatDay } from "@/components/format.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { Panel } from "@/components/ui/panel.tsx";

type How = "approved" | "rejected" | "withdrawn";

/** First what it will do, then the deed. */
export function DecideForm({ proposal, from }: { proposal: string; from: number }) {
  const [how, choose] = useState<How | null>(null);
  const effects: Record<How, string> = {
    approved: `The prices become the next version of the book. Days from ${formatDay(from)} on are charged again within a minute where a server runs; days of closed periods stay, and what differs there becomes a correction.`,
    rejected: "Nothing is charged by the prices. The proposal stays on record as rejected.",
    withdrawn: "Nothing is charged by the prices. The proposal stays on record as withdrawn.",
  };
  const deeds: Record<How, string> = { approved: "Approve", rejected: "Reject", withdrawn: "Withdraw" };
  return (
    <div>
      <div className="flex flex-wrap gap-2">
        <Button look="strong" onClick={() => choose("approved")}>
          Approve…
        </Button>
        <Button onClick={() => choose("rejected")}>Reject…</Button>
        <Button onClick={() => choose("withdrawn")}>Withdraw…</Button>
      </div>
      {how && (
        <Panel title="What this will do" className="mt-4 max-w-2xl">
          <p className="mb-3 text-soft">{effects[how]}</p>
          <ActionForm
            key={how}
            action={decide}
            label={deeds[how]}
            busy="Deciding…"
            look={how === "approved" ? "strong" : "danger"}
            fields={{ proposal, how }}
          >
            <TextField label="Reason" name="reason" required={how === "rejected"} />
          </ActionForm>
          <div className="mt-2">
            <Button onClick={() => choose(null)}>Cancel</Button>
          </div>
        </Panel>
      )}
    </div>
  );
}
