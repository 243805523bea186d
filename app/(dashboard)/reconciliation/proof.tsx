import { Suspense } from "react";
import { href } from "@/components/href.ts";
import { Notice, Section } from "@/components/page-header.tsx";
import { ButtonLink } from "@/components/ui/button.tsx";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { verifyAuditLog } from "@/lib/auth/chain/audit-chain-store.ts";
import { auditPeriod, verifyChain } from "@/lib/closing/audit.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { PeriodView } from "@/lib/periods/period.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";

interface Props {
  readonly ctx: Ctx;
  readonly settings: CloseSettings;
  readonly view: PeriodView;
}

/** Every charge of a period made again and compared: on request, for a large month takes seconds. */
export function ProofSection({ made, ...props }: Props & { readonly made: boolean }) {
  const { id } = props.view.period;
  return (
    <Section
      id="proof"
      title="Proof"
      note="every day is charged again and compared with what is stored, down to the micro-unit; statements, their hashes and their chain too"
    >
      {made ? (
        <Suspense key={id} fallback={<p className="text-sm text-soft">{`Every day of ${id} is charged again…`}</p>}>
          <Proof {...props} />
        </Suspense>
      ) : (
        <ButtonLink href={`${href("/reconciliation", { of: id, prove: "yes" })}#proof`}>{`Prove ${id}`}</ButtonLink>
      )}
    </Section>
  );
}

const MOST_FAULTS = 100;

async function Proof({ ctx, settings, view }: Props) {
  const { waiting, ties, statements, ...audit } = await auditPeriod(ctx, settings, view.period.id);
  const log = mayDo(ctx.viewer, "audit.read") ? await verifyAuditLog(readerFor(ctx, "audit.read")) : [];
  const chains = [...(await verifyChain(ctx, settings)), ...log];
  const faults = [...new Set([...audit.faults, ...chains])];
  return (
    <>
      {waiting.length > 0 && <Notice>{`${waiting.length} days changed and are not charged again yet.`}</Notice>}
      {faults.length === 0 ? (
        <p role="status" className="text-sm text-good">
          {`It adds up: ${ties.length} sums of capacity × rate with a residual of 0, ${statements} statements proven.`}
        </p>
      ) : (
        <div role="alert" className="text-sm text-bad">
          <p>{`${faults.length} ${faults.length === 1 ? "fault" : "faults"}:`}</p>
          <ul className="mt-1 grid list-disc gap-1 pl-5">
            {faults.slice(0, MOST_FAULTS).map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
