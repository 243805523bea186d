import { record } from "@/app/(dashboard)/savings/actions.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { buttonLook } from "@/components/ui/button.tsx";
import { TextArea, TextField } from "@/components/ui/field.tsx";
import type { Recommended } from "@/lib/reports/insights/recommended.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import { bringBack, dismiss } from "./actions.ts";

/** Days that dismissed advice is usually left alone. */
const USUAL_DAYS = 30;

interface Props {
  readonly of: Recommended;
  /** Part of the ids of its panels. */
  readonly id: string;
  /** Day key of the present day in the billing time zone. */
  readonly today: number;
  readonly zone: string;
}

/** What a record is about: the workload, or of several their project. */
const subjectOf = (r: Recommended) =>
  r.uses.length === 1
    ? { subjectKind: "workload", subject: r.workloadId }
    : { subjectKind: "project", subject: r.projectId };

/** Says that advice was followed, or why it is not: nothing else is asked of a person. */
export function Decide({ of, id, today, zone }: Props) {
  const { workloadId: workloads, dismissed, recorded } = of;
  if (dismissed) return <ActionForm action={bringBack} label="Bring back" look="quiet" fields={{ workloads }} />;
  return (
    <div className="no-print grid justify-items-start gap-1">
      {/* More memory saves nothing that could be measured. */}
      {of.kind !== "upsize" && !recorded && (
        <Popup id={`done-${id}`} label="Record as done" title={of.title}>
          <ActionForm
            stacked
            action={record}
            label="Record it"
            fields={{ kind: of.kind, days: "30", ...subjectOf(of) }}
          >
            <TextField
              label="Done on"
              name="on"
              type="date"
              required
              value={dateOfKey(today)}
              hint="What it saves is measured from the next day on, for 30 days."
            />
            <TextArea label="Note" name="note" />
          </ActionForm>
        </Popup>
      )}
      {!recorded && (
        <Popup id={`dismiss-${id}`} label="Dismiss" title={`Dismiss: ${of.title}`}>
          <ActionForm stacked action={dismiss} label="Dismiss" look="plain" fields={{ workloads }}>
            <TextField
              label="Until"
              name="until"
              type="date"
              required
              value={dateOfKey(addDays(today, USUAL_DAYS))}
              hint={`It is given again from the start of this day (${zone}).`}
            />
            <TextArea label="Reason" name="reason" required />
          </ActionForm>
        </Popup>
      )}
    </div>
  );
}

function Popup({
  id,
  label,
  title,
  children,
}: {
  id: string;
  label: string;
  title: string;
  children: React.ReactNode;
}) {
  return (
    <>
      <button type="button" popoverTarget={id} className={buttonLook("plain", "small")}>
        {label}
      </button>
      <div
        id={id}
        popover="auto"
        className="m-auto w-80 max-w-[calc(100vw-2rem)] rounded-md border bg-ground p-4 text-left text-sm whitespace-normal text-ink shadow-lg"
      >
        <p className="mb-3 font-medium">{title}</p>
        {children}
      </div>
    </>
  );
}
