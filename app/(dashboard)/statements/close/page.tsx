import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { close } from "@/app/(dashboard)/statements/actions.ts";
import { choosePeriod } from "@/app/(dashboard)/statements/chosen-period.ts";
import { StateBadge } from "@/app/(dashboard)/statements/period-links.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { PageLink } from "@/app/page-link.tsx";
import { formatDay } from "@/components/format.ts";
import { TRAVELLING } from "@/components/href.ts";
import { exactly } from "@/components/money.tsx";
import { Empty, Notice, PageHeader, Section } from "@/components/page-header.tsx";
import { moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { CheckField, TextField } from "@/components/ui/field.tsx";
import { readerFor } from "@/lib/auth/allow.ts";
import { previewClose } from "@/lib/closing/close.ts";
import type { OpenItem } from "@/lib/closing/items.ts";
import { env } from "@/lib/env.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { nextToClose } from "@/lib/periods/period.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { addDays } from "@/lib/time.ts";

export const metadata: Metadata = { title: "Close a period" };

export default async function ClosePage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/statements/close");
  const { ctx, params, now } = input;
  input.address.only([...TRAVELLING, "of"]);
  const settings = closeSettingsOf(env());
  const periods = await loadPeriods(readerFor(ctx, "periods.close"), settings, now);
  // Closing cannot be undone: without a period in the address, only one that is over is offered.
  const asked = params.of || params.period || params.month || params.from;
  const choice = asked || nextToClose(periods) ? choosePeriod(input, periods) : null;
  if (!choice) {
    if (params.of) notFound();
    return (
      <>
        <PageHeader title="Close a period" trail={[{ label: "Statements", href: "/statements" }]} />
        <Empty title="No period is over and open">The next can be closed after its last day.</Empty>
      </>
    );
  }
  const { chosen } = choice;
  const { period } = chosen;
  const { items, statements } = await previewClose(ctx, settings, period.id);
  return (
    <>
      <PageHeader
        title={`Close ${period.id}`}
        trail={[{ label: "Statements", href: `/statements?of=${period.id}` }]}
        notice={[choice.notice, input.notice].filter(Boolean).join(" ")}
      >
        {formatDay(period.fromDay)} to {formatDay(addDays(period.untilDay, -1))} <StateBadge state={chosen.state} />
      </PageHeader>
      {chosen.close ? (
        <Notice>{period.id} is closed. What changes later is corrected in the next period.</Notice>
      ) : (
        <ActionForm
          stacked
          action={close}
          label={`Close ${period.id}`}
          busy="Proving every day, then closing…"
          fields={{ period: period.id }}
        >
          <Section
            title={items.every((i) => i.weight === "warn") ? "To know" : "To settle"}
            note={
              items.every((i) => i.weight === "warn")
                ? "nothing is in the way of the close"
                : "resolve it, or override it with a reason that is printed on every statement"
            }
          >
            <Items items={items} />
          </Section>
          <Section title="Preview" note={`${statements.length} statements`}>
            <Preview statements={statements} currency={settings.currency} />
          </Section>
          <p className="mt-4 max-w-prose text-sm text-soft">
            Every day is recalculated and compared first. Then the statements are numbered, frozen and sealed. It cannot
            be undone: later changes become corrections in the next period.
          </p>
          <CheckField label={`Close ${period.id} for good`} name="sure" value="yes" />
        </ActionForm>
      )}
    </>
  );
}

type Statements = Awaited<ReturnType<typeof previewClose>>["statements"];

function Preview({ statements, currency }: { statements: Statements; currency: string }) {
  if (statements.length === 0)
    return (
      <Empty title="Nobody is charged anything in this period">
        Usage is charged once it has a price: <PageLink to="/prices">look at the price book</PageLink>.
      </Empty>
    );
  return (
    <DataTable
      view={plainView("Statements to be issued", previewColumns(currency))}
      rows={statements.map((s) => s.header)}
      foot="All teams"
    />
  );
}

type Header = Statements[number]["header"];

function previewColumns(currency: string): readonly TableColumn<Header>[] {
  const money = moneyIn(currency);
  const exact = { total: true, ...exactly(currency) } as const;
  return [
    text("team", "Team", (h) => h.team.name, { link: (h) => `/statements/${h.period.id}/${h.team.key}` }),
    money("corrections", "Corrections", (h) => h.correctionMicros, { total: true }),
    money("subtotal", "Subtotal", (h) => h.totalMicros, exact),
    money("rounding", "Rounding", (h) => h.roundingMicros, exact),
    money("total", "Total", (h) => h.roundedMicros, { total: true, lead: true }),
  ];
}

const WEIGHT: Readonly<Record<OpenItem["weight"], string>> = {
  must: "must be resolved",
  may: "blocks",
  warn: "warning",
};

function Items({ items }: { items: readonly OpenItem[] }) {
  if (items.length === 0) return <Empty title="Everything is settled" />;
  return (
    <ul className="grid gap-3">
      {items.map((item) => (
        <li key={item.key} className="grid gap-1.5 border-b pb-3 text-sm">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <span className={`text-xs font-medium ${item.weight === "warn" ? "text-faint" : "text-warn"}`}>
              {WEIGHT[item.weight]}
            </span>
            <span className="font-medium">{item.title}</span>
            <code className="text-xs text-faint">{item.key}</code>
          </p>
          <p className="max-w-prose text-soft">
            {item.detail}{" "}
            <span className="underline decoration-line-strong underline-offset-2">
              <PageLink to={item.href} otherwise={null}>{`Open ${pageOf(item.href)}`}</PageLink>
            </span>
          </p>
          {item.weight === "may" && (
            <div className="max-w-prose">
              <TextField label="Reason for the override" name={`override:${item.key}`} maxLength={500} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

/** `/sync?status=open` → Sync. */
const pageOf = (address: string): string => {
  const name = address.split(/[/?]/)[1] ?? "";
  return name.charAt(0).toUpperCase() + name.slice(1);
};
