import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { SavedViews } from "@/app/saved-views.tsx";
import { AuditList } from "@/components/audit/audit-list.tsx";
import { href, type Params, TRAVELLING } from "@/components/href.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { Pager } from "@/components/tables/pager.tsx";
import { DownloadLink } from "@/components/tables/table-tools.tsx";
import { AddressForm } from "@/components/ui/address-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { loadAudit, loadAuditNames } from "@/lib/pages/audit.ts";
import { ACTION_WORDS, AUDIT_ACTIONS, readAuditQuery } from "./query.ts";

export const metadata: Metadata = { title: "Audit log" };

const PAGE_SIZE = 50;

export default async function AuditPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/audit");
  const { ctx, params, zone } = input;
  const { filter, page } = readAuditQuery(input);
  const { acts, count } = await loadAudit(ctx, filter, page, PAGE_SIZE);
  const names = await loadAuditNames(ctx, acts);
  return (
    <>
      <PageHeader
        title="Audit log"
        notice={input.notice}
        controls={
          <>
            <SavedViews input={input} path="/audit" />
            <PeriodControl input={input} />
            <DownloadLink to={href("/audit/download", params, { page: undefined })}>CSV</DownloadLink>
          </>
        }
      >
        Who changed what, when and why; sign-ins, too. Entries are never changed. Times in {zone}.
      </PageHeader>
      <Filters params={params} />
      <AuditList
        acts={acts}
        zone={zone}
        empty="No entries match these filters in this period."
        names={names}
        actions={ACTION_WORDS}
      />
      {count > PAGE_SIZE && (
        <Pager view={{ at: { path: "/audit", params }, prefix: "" }} page={page} size={PAGE_SIZE} count={count} />
      )}
    </>
  );
}

/** Filters that work without JavaScript: they are the address. */
function Filters({ params }: { params: Params }) {
  const carried = TRAVELLING.map((name) => [name, params[name] ?? ""] as const).filter(([, value]) => value);
  return (
    <div className="mb-5">
      <AddressForm action="/audit" fields={Object.fromEntries(carried)}>
        <TextField label="Who" name="actor" value={params.actor ?? ""} placeholder="ada@" />
        <SelectField
          label="Action"
          name="action"
          value={params.action ?? ""}
          options={[{ value: "", label: "every action" }, ...AUDIT_ACTIONS]}
        />
        <TextField label="What" name="subject" value={params.subject ?? ""} placeholder="team/7" />
        <div className="sm:pt-5.5">
          <Button type="submit">Filter</Button>
        </div>
      </AddressForm>
    </div>
  );
}
