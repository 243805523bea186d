import { ActionForm } from "@/components/ui/action-form.tsx";
import type { Anomaly } from "@/lib/insights/anomalies/list.ts";
import { VERDICTS } from "@/lib/insights/anomalies/types.ts";
import { STATE_WORDS } from "@/lib/insights/anomalies/words.ts";
import { judge } from "./actions.ts";

/** What can be said of an anomaly, each in one click. */
export function Verdicts({ of }: { of: Anomaly }) {
  if (of.feedback)
    return <ActionForm action={judge} label="Take back" look="quiet" fields={{ anomaly: of.id, verdict: "open" }} />;
  return (
    <span className="flex flex-wrap gap-1 sm:flex-nowrap">
      {VERDICTS.map((verdict) => (
        <ActionForm
          key={verdict}
          action={judge}
          label={STATE_WORDS[verdict]}
          look="quiet"
          fields={{ anomaly: of.id, verdict }}
        />
      ))}
    </span>
  );
}
