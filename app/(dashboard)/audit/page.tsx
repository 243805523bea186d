import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { AuditList } from "@/components/audit-list.tsx";
import { SelectField, TextField } from "@/components/fields.tsx";
import { href, type Params, TRAVELLING } from "@/components/href.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { Pager } from "@/components/pager.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { loadAudit } from "@/lib/pages/audit.ts";
import { AUDIT_ACTIONS, readAuditQuery } from "./query.ts";

export const metadata: Metadata = { title: "Audit log" };

const PAGE_SIZE = 50;

export default async function AuditPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/audit");
  const { ctx, params, zone } = input;
  const { filter, page } = readAuditQuery(input);
  const { acts, count } = await loadAudit(ctx, filter, page, PAGE_SIZE);
  return (
    <>
      <PageHeader
        title="Audit log"
        notice={input.notice}
        controls={
          <>
            <PeriodControl period={input.period} zone={input.billingZone} />
            <a
              href={href("/audit/download", params, { page: undefined })}
              download
              className="inline-flex h-8 items-center rounded-md border border-line-strong px-2.5 text-sm hover:bg-raised"
            >
              CSV
            </a>
          </>
        }
      >
        Who changed what, when and why; sign-ins, too. Entries are never changed. Times in {zone}.
      </PageHeader>
      <Filters params={params} />
      <AuditList acts={acts} zone={zone} empty="Nothing on record matches these filters in this period." withActions />
      {count > PAGE_SIZE && <Pager path="/audit" params={params} page={page} size={PAGE_SIZE} count={count} />}
    </>
  );
}

/** Filters that work without JavaScript: they are the address. */
function Filters({ params }: { params: Params }) {
  return (
    <form action="/audit" className="no-print mb-5 flex flex-wrap items-end gap-3">
      {TRAVELLING.filter((name) => params[name]).map((name) => (
        <input key={name} type="hidden" name={name} value={params[name]} />
      ))}
      <TextField label="Who" name="actor" value={params.actor ?? ""} placeholder="ada@" />
      <SelectField
        label="Action"
        name="action"
        value={params.action ?? ""}
        options={[{ value: "", label: "every action" }, ...AUDIT_ACTIONS]}
      />
      <TextField label="What" name="subject" value={params.subject ?? ""} placeholder="team/7" />
      <button type="submit" className="h-8 rounded-md border border-line-strong px-3 text-sm hover:bg-raised">
        Filter
      </button>
    </form>
  );
}
