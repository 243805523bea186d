import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { close } from "@/app/(dashboard)/statements/actions.ts";
import { StateBadge, unknownPeriod, WIDE } from "@/app/(dashboard)/statements/period-links.tsx";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { ActionForm } from "@/components/action-form.tsx";
import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { ExactMoney, Money } from "@/components/money.tsx";
import { Empty, Notice, PageHeader, Section } from "@/components/page-header.tsx";
import { previewClose } from "@/lib/closing/close.ts";
import type { OpenItem } from "@/lib/closing/items.ts";
import { env } from "@/lib/env.ts";
import { sumExactly } from "@/lib/money.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { nextToClose } from "@/lib/periods/period.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";

export const metadata: Metadata = { title: "Close a period" };

export default async function ClosePage({ searchParams }: { searchParams: Search }) {
  const { ctx, params, now } = await readInput(searchParams);
  needPage(ctx, "/statements/close");
  const settings = closeSettingsOf(env());
  const periods = await loadPeriods(ctx.db, settings, now);
  const chosen = periods.find((p) => p.period.id === params.of) ?? nextToClose(periods);
  if (!chosen) {
    if (params.of) notFound();
    return (
      <>
        <PageHeader title="Close a period" trail={[{ label: "Statements", href: "/statements" }]} />
        <Empty title="No period is over and open">The next can be closed after its last day.</Empty>
      </>
    );
  }
  const { period } = chosen;
  const { items, statements } = await previewClose(ctx, settings, period.id);
  const total = sumExactly(statements.map((s) => s.header.totalMicros));
  return (
    <>
      <PageHeader
        title={`Close ${period.id}`}
        trail={[{ label: "Statements", href: `/statements?of=${period.id}` }]}
        notice={unknownPeriod(params.of, chosen)}
      >
        {dateOfKey(period.fromDay)} to {dateOfKey(addDays(period.untilDay, -1))} <StateBadge state={chosen.state} />
      </PageHeader>
      {chosen.close ? (
        <Notice>{period.id} is closed. What changes later is corrected in the next period.</Notice>
      ) : (
        <ActionForm
          stacked
          action={close}
          label={`Close ${period.id}`}
          busy="Proving every day, then closing …"
          fields={{ period: period.id }}
        >
          <Section
            title={items.every((i) => i.weight === "warn") ? "To know" : "To settle"}
            note={
              items.every((i) => i.weight === "warn")
                ? "nothing is in the way of the close"
                : "cure it, or let it pass with a reason that is printed on every statement"
            }
          >
            <Items items={items} />
          </Section>
          <Section title="Preview" note={`${statements.length} statements`}>
            <Preview statements={statements} currency={settings.currency} total={total} />
          </Section>
          <p className="mt-4 max-w-prose text-sm text-soft">
            Every day is made again and compared first. Then the statements are numbered, frozen and sealed. It cannot
            be undone: later changes become corrections in the next period.
          </p>
          <label className="flex items-center gap-2 text-sm">
            <input type="checkbox" name="sure" value="yes" required className="size-4" />
            Close {period.id} for good
          </label>
        </ActionForm>
      )}
    </>
  );
}

type Statements = Awaited<ReturnType<typeof previewClose>>["statements"];

function Preview({ statements, currency, total }: { statements: Statements; currency: string; total: number }) {
  if (statements.length === 0)
    return (
      <Empty title="Nobody is charged anything in this period">
        Usage is charged once it has a price: <RowLink to="/prices">look at the price book</RowLink>.
      </Empty>
    );
  return (
    <Table label="Statements to be made" dense>
      <thead>
        <tr>
          <Th>Team</Th>
          <Th right>Corrections</Th>
          <Th right>Sum of the lines</Th>
          <Th right className={WIDE}>
            Rounding
          </Th>
          <Th right>Total</Th>
        </tr>
      </thead>
      <tbody>
        {statements.map(({ header: h }) => (
          <tr key={h.team.key}>
            <Td>
              <RowLink to={`/statements/${h.period.id}/${h.team.key}`}>{h.team.name}</RowLink>
            </Td>
            <Td right>
              <Money micros={h.correctionMicros} currency={currency} />
            </Td>
            <Td right>
              <ExactMoney micros={h.totalMicros} currency={currency} />
            </Td>
            <Td right className={WIDE}>
              <ExactMoney micros={h.roundingMicros} currency={currency} />
            </Td>
            <Td right>
              <Money micros={h.roundedMicros} currency={currency} />
            </Td>
          </tr>
        ))}
        <tr className="font-medium">
          <Td>All teams</Td>
          <Td right> </Td>
          <Td right>
            <ExactMoney micros={total} currency={currency} />
          </Td>
          <Td right className={WIDE}>
            <ExactMoney micros={sumExactly(statements.map((s) => s.header.roundingMicros))} currency={currency} />
          </Td>
          <Td right>
            <Money micros={sumExactly(statements.map((s) => s.header.roundedMicros))} currency={currency} />
          </Td>
        </tr>
      </tbody>
    </Table>
  );
}

const WEIGHT: Readonly<Record<OpenItem["weight"], string>> = {
  must: "has to be cured",
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
              <RowLink to={item.href}>{`Open ${pageOf(item.href)}`}</RowLink>
            </span>
          </p>
          {item.weight === "may" && (
            <label className="grid max-w-prose gap-1 text-xs text-faint">
              Let it pass, because
              <input
                type="text"
                name={`override:${item.key}`}
                maxLength={500}
                autoComplete="off"
                className="h-8 rounded-md border border-line-strong bg-ground px-2 text-sm text-ink"
              />
            </label>
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
