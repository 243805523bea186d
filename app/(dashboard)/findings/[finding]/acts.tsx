import { acknowledge, reopen, resolve, settle } from "@/app/(dashboard)/findings/actions.ts";
import { DisputeForm } from "@/app/(dashboard)/findings/dispute-form.tsx";
import { SnoozeForm } from "@/app/(dashboard)/findings/snooze-form.tsx";
import type { PageInput } from "@/app/page-input.ts";
import { Section } from "@/components/page-header.tsx";
import { CommandList } from "@/components/stop-commands.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { CheckField, TextArea, TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { mayDo } from "@/lib/auth/allow.ts";
import { env } from "@/lib/env.ts";
import { workloadsPage } from "@/lib/insights/findings/commands.ts";
import type { FindingDetail } from "@/lib/pages/finding.ts";
import { addDays, dateOf, dateOfKey, dayKey } from "@/lib/time.ts";

/** What can be done about it: commands that free the GPUs, and what to say of the finding. */
export function Acts({ detail, input }: { detail: FindingDetail; input: PageInput }) {
  const { finding, commands, mayAct } = detail;
  return (
    <Section title="What to do">
      {commands.length > 0 && finding.state !== "resolved" && (
        <div className="mb-5 grid gap-2 text-sm">
          <CommandList commands={commands} workloadsAt={workloadsPage(finding.source, env().RUNAI_URL)} />
        </div>
      )}
      {mayAct && <Say detail={detail} input={input} />}
    </Section>
  );
}

function Say({ detail: { finding }, input }: { detail: FindingDetail; input: PageInput }) {
  const fields = { finding: finding.id };
  const today = dayKey(dateOf(input.now, input.billingZone));
  const decides = finding.state === "disputed" && mayDo(input.ctx.viewer, "findings.decide");
  if (finding.state === "resolved")
    return <p className="text-sm text-soft">Resolved: it opens again if the problem comes back.</p>;
  return (
    <div className="flex flex-wrap items-start gap-3">
      {finding.state === "open" && (
        <ActionForm action={acknowledge} label="Acknowledge" busy="Saving…" look="plain" size="small" fields={fields} />
      )}
      <Guarded label="Snooze">
        <SnoozeForm finding={finding.id} today={today} zone={input.billingZone} />
      </Guarded>
      <Guarded label="Dispute">
        <DisputeForm finding={finding.id} label="Dispute" />
      </Guarded>
      <Guarded label="Resolve">
        <ActionForm stacked action={resolve} label="Resolve" fields={fields} look="plain">
          <TextArea label="What was done" name="reason" required />
        </ActionForm>
      </Guarded>
      {finding.state !== "open" && (
        <Guarded label="Open again">
          <ActionForm stacked action={reopen} label="Open again" fields={fields} look="plain">
            <TextArea label="Reason" name="reason" required />
          </ActionForm>
        </Guarded>
      )}
      {decides && (
        <Guarded label="Answer the dispute">
          <ActionForm stacked action={settle} label="Answer" fields={fields} look="plain">
            <CheckField label="Accept: the rule leaves the workload alone until" name="accept" value="yes" checked />
            <TextField label="Until" name="until" type="date" value={dateOfKey(addDays(today, 30))} />
            <TextArea label="Answer" name="reason" required />
          </ActionForm>
        </Guarded>
      )}
    </div>
  );
}
