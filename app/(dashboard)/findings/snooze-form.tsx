import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextArea, TextField } from "@/components/ui/field.tsx";
import { addDays, dateOfKey } from "@/lib/time.ts";
import { snooze } from "./actions.ts";

/** Days that a finding is usually left alone. */
const USUAL_DAYS = 3;

interface Props {
  /** Its id. */
  readonly finding: string;
  /** Day key of the present day in the billing time zone. */
  readonly today: number;
  readonly zone: string;
}

/** Leaves a finding alone until a day, for a reason. */
export function SnoozeForm({ finding, today, zone }: Props) {
  return (
    <ActionForm stacked action={snooze} label="Snooze" fields={{ finding }} look="plain">
      <TextField
        label="Until"
        name="until"
        type="date"
        required
        value={dateOfKey(addDays(today, USUAL_DAYS))}
        hint={`It comes back at the start of this day (${zone}).`}
      />
      <TextArea label="Reason" name="reason" required />
    </ActionForm>
  );
}
