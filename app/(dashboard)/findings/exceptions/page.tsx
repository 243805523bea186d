import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { type PageInput, readInput, type Search } from "@/app/page-input.ts";
import { href, TRAVELLING, travelling } from "@/components/href.ts";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { drawn, instant, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { SelectField, TextArea, TextField } from "@/components/ui/field.tsx";
import { Guarded } from "@/components/ui/panel.tsx";
import { loadExceptions } from "@/lib/insights/findings/exceptions.ts";
import { EXCEPTION_KINDS, type Exception } from "@/lib/insights/findings/types.ts";
import { ADVICE } from "@/lib/insights/rightsizing/types.ts";
import { RULES, ruleOf } from "@/lib/insights/rules/index.ts";
import { own } from "@/lib/order.ts";
import { addDays, dateOf, dateOfKey, dayKey } from "@/lib/time.ts";
import { addException, stopException } from "./actions.ts";

export const metadata: Metadata = { title: "Exceptions" };

const KINDS: Readonly<Record<string, string>> = {
  workload: "Workload, by name or id",
  user: "User who submitted it",
  image: "Image",
  project: "Project",
  hardware: "Hardware, as cluster/pool/model",
};

export default async function ExceptionsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/findings/exceptions");
  input.address.only(TRAVELLING);
  const exceptions = await loadExceptions(input.ctx);
  const { zone, now, params } = input;
  return (
    <>
      <PageHeader
        title="Exceptions"
        notice={input.notice}
        trail={[{ label: "Findings", href: href("/findings", travelling(params)) }]}
      >
        What rules leave alone, and until when. Each ends by itself; an accepted dispute adds one.
      </PageHeader>
      <DataTable
        view={plainView("Exceptions", columnsOf(now), { zone, now, carry: {} })}
        rows={exceptions}
        keyOf={(e) => e.id}
        empty={<Empty title="No exception yet">Every rule looks at everything.</Empty>}
      />
      <Section title="Add an exception">
        <Editor input={input} />
      </Section>
    </>
  );
}

const ruleText = ({ rule }: Exception): string => {
  if (rule === ADVICE) return "Right-sizing";
  return rule ? ruleOf(rule).title : "Every rule";
};

const columnsOf = (now: number): readonly TableColumn<Exception>[] => [
  text("what", "Left alone", (e) => e.name, { look: ["cut"], note: (e) => own(KINDS, e.kind) ?? e.kind }),
  text("rule", "Rule", ruleText),
  text("reason", "Reason", (e) => e.reason, { look: ["wide"], note: (e) => e.createdBy }),
  instant("from", "From", (e) => e.createdAt),
  instant("until", "Until", (e) => e.expiresAt, {
    note: (e) => (e.expiresAt <= now ? "ended" : e.createdAt > now ? "not yet" : "in force"),
  }),
  drawn("act", "Act", (e) =>
    e.expiresAt <= now ? null : (
      <Guarded label="End">
        <ActionForm action={stopException} label="End now" look="danger" fields={{ exception: e.id }}>
          <TextField label="Reason (audit log)" name="reason" required />
        </ActionForm>
      </Guarded>
    ),
  ),
];

function Editor({ input }: { input: PageInput }) {
  const today = dayKey(dateOf(input.now, input.billingZone));
  return (
    <ActionForm stacked action={addException} label="Add" busy="Adding…">
      <SelectField
        label="Rule"
        name="rule"
        options={[{ value: "", label: "Every rule" }, ...RULES.map((r) => ({ value: r.slug, label: r.title }))]}
      />
      <SelectField
        label="About"
        name="kind"
        options={EXCEPTION_KINDS.map((kind) => ({ value: kind, label: own(KINDS, kind) ?? kind }))}
      />
      <TextField
        label="Name"
        name="pattern"
        required
        hint="* stands for any characters, as in ci-*; of a project its whole name."
      />
      <TextField
        label="Until"
        name="until"
        type="date"
        required
        value={dateOfKey(addDays(today, 30))}
        hint={`It ends at the start of this day (${input.billingZone}), within 400 days.`}
      />
      <TextArea label="Reason" name="reason" required />
    </ActionForm>
  );
}
