import { ActionForm } from "@/components/ui/action-form.tsx";
import { SelectField, TextArea } from "@/components/ui/field.tsx";
import { dispute } from "./actions.ts";

/** What the owner says of a finding: that it is meant to be so, or wrong. @param finding its id. */
export function DisputeForm({ finding, label }: { finding: string; label: string }) {
  return (
    <ActionForm stacked action={dispute} label={label} fields={{ finding }} look="plain">
      <SelectField
        label="It is"
        name="verdict"
        options={[
          { value: "expected", label: "expected: it is meant to be so" },
          { value: "wrong", label: "wrong: the rule is mistaken" },
        ]}
      />
      <TextArea label="Reason" name="reason" required />
    </ActionForm>
  );
}
