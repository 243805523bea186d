import { AUDIT_ACTIONS } from "@/app/(dashboard)/audit/query.ts";
import { PageLink } from "@/app/page-link.tsx";
import { AuditList } from "@/components/audit/audit-list.tsx";
import { formatMoment, plural } from "@/components/format.ts";
import { href } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import type { Changes } from "@/lib/pages/home/changes.ts";
import { dateOf } from "@/lib/time.ts";

const ACTION_WORDS = new Map(AUDIT_ACTIONS.map(({ value, label }) => [value, label]));

interface Props {
  readonly changes: Changes;
  readonly zone: string;
  readonly billingZone: string;
  readonly now: number;
  readonly names?: ReadonlyMap<string, string>;
}

/** What was done since the viewer's sign-in before this one, with the way to the whole record. */
export function ChangesSince({ changes, zone, billingZone, now, names }: Props) {
  const { sinceAt, sinceSignIn, acts, count } = changes;
  const from = dateOf(sinceAt, billingZone);
  return (
    <Section
      title="What changed since last time"
      note={sinceSignIn ? `since your sign-in of ${formatMoment(sinceAt, zone)}` : "in the last seven days"}
    >
      <AuditList
        acts={acts}
        zone={zone}
        empty="Nothing was changed."
        actions={ACTION_WORDS}
        {...(names ? { names } : {})}
      />
      <p className="mt-2 text-xs">
        <PageLink to={href("/audit", {}, { from, to: dateOf(now, billingZone) })} otherwise={null}>
          {count > acts.length ? `All ${plural(count, "change")} in the audit log` : "Audit log"}
        </PageLink>
      </p>
    </Section>
  );
}
