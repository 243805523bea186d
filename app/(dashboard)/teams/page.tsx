import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { ActionForm } from "@/components/action-form.tsx";
import { AuditList } from "@/components/audit-list.tsx";
import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { TextField } from "@/components/fields.tsx";
import { href, travelling } from "@/components/href.ts";
import { Money } from "@/components/money.tsx";
import { Empty, PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { GpuHours, Unknown } from "@/components/quantity.tsx";
import { isBuiltIn, PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { mayDo } from "@/lib/auth/allow.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { visibleTeams } from "@/lib/auth/visible-teams.ts";
import { env } from "@/lib/env.ts";
import { countLabelled, daysOfPeriod, loadTeams, loadUnassigned, type TeamRow } from "@/lib/pages/teams.ts";
import { isProvided } from "@/lib/sources/index.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { addTeam } from "./actions.ts";
import { RuleList } from "./rule-list.tsx";
import { Unassigned } from "./unassigned.tsx";

export const metadata: Metadata = { title: "Teams" };

export default async function TeamsPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/teams");
  const { ctx, params } = input;
  const days = daysOfPeriod(input.period, input.billingZone);
  const today = dayKey(dateOf(input.now, input.billingZone));
  const [rows, unassigned, labels, acts] = await Promise.all([
    loadTeams(ctx, days, today),
    loadUnassigned(ctx, days, input.billingZone),
    countLabelled(ctx, days),
    listActs(ctx.db, 20, "team"),
  ]);
  const currency = env().LEDGER_CURRENCY;
  // Rules and acts name every team.
  const whole = visibleTeams(ctx.viewer) === "all";
  return (
    <>
      <PageHeader
        title="Teams"
        notice={input.notice}
        controls={<PeriodControl period={input.period} zone={input.billingZone} />}
      >
        Who pays, and for what. Rules say whose a workload is; what none matches is Unassigned.
      </PageHeader>
      {params.saved === "rule" && (
        <p role="status" className="mb-5 text-sm text-good">
          Saved. The days that it changes are charged again now; figures follow within moments.
        </p>
      )}
      <Section title="Cost by team">
        <TeamTable rows={rows} currency={currency} to={(key) => href(`/teams/${key}`, travelling(params))} />
      </Section>
      <Unassigned projects={unassigned} currency={currency} today={dateOf(input.now, input.billingZone)} />
      {whole && <RuleList ctx={ctx} today={today} labels={labels} hasLabels={isProvided("labels", env())} />}
      {mayDo(ctx.viewer, "teams.edit") && (
        <Section title="New team">
          <ActionForm action={addTeam} label="Make the team">
            <TextField label="Name" name="name" required />
            <TextField label="Cost centre" name="costCentre" />
            <TextField label="GL account" name="glAccount" />
            <TextField label="Owner" name="owner" />
          </ActionForm>
        </Section>
      )}
      {whole && (
        <Section title="Changes" note="of teams and rules, newest first">
          <AuditList
            acts={acts}
            zone={input.zone}
            empty="Nobody has changed a team or a rule yet."
            names={new Map(rows.map((r) => [`team/${r.key}`, r.name]))}
          />
        </Section>
      )}
    </>
  );
}

function TeamTable({
  rows,
  currency,
  to,
}: {
  rows: readonly TeamRow[];
  currency: string;
  to: (key: number) => string;
}) {
  if (rows.every((r) => isBuiltIn(r.key) && r.totalMicros === 0))
    return (
      <Empty title="Nothing is charged to anybody in this period">
        Cost appears when usage is metered and a price is in force. Make a team below, and a rule that says what is its.
      </Empty>
    );
  const corrected = rows.some((r) => r.correctionMicros !== 0);
  return (
    <Table label="Cost by team">
      <thead>
        <tr>
          <Th>Team</Th>
          <Th>Cost centre</Th>
          <Th right>GPU-hours</Th>
          <Th right>Own work</Th>
          <Th right>of it idle</Th>
          <Th right>Shared</Th>
          {corrected && <Th right>Corrections</Th>}
          <Th right>Total</Th>
          <Th right>Rules</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key} className="hover:bg-raised">
            <Td>
              <RowLink to={to(row.key)}>{row.name}</RowLink>
              {row.archivedAt !== null && <span className="ml-2 text-xs text-faint">archived</span>}
            </Td>
            <Td>{row.costCentre || <Unknown why="No cost centre is given" />}</Td>
            <Td right>
              <GpuHours milli={row.gpuMilli} />
            </Td>
            <Td right>
              <Money micros={row.chargedMicros} currency={currency} />
            </Td>
            <Td right>
              <Money micros={row.idleMicros} currency={currency} />
            </Td>
            <Td right>
              <Money micros={row.sharedMicros} currency={currency} change />
            </Td>
            {corrected && (
              <Td right>
                <Money micros={row.correctionMicros} currency={currency} change />
              </Td>
            )}
            <Td right className="font-medium">
              <Money micros={row.totalMicros} currency={currency} />
            </Td>
            <Td right>{isBuiltIn(row.key) && row.key !== PLATFORM_TEAM ? "–" : row.rules}</Td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className="font-medium">
          <Td>All</Td>
          <Td>{""}</Td>
          <Td right>
            <GpuHours milli={rows.reduce((sum, r) => sum + r.gpuMilli, 0)} />
          </Td>
          <Td right>
            <Money micros={rows.reduce((sum, r) => sum + r.chargedMicros, 0)} currency={currency} />
          </Td>
          <Td right>
            <Money micros={rows.reduce((sum, r) => sum + r.idleMicros, 0)} currency={currency} />
          </Td>
          <Td right>
            <Money micros={rows.reduce((sum, r) => sum + r.sharedMicros, 0)} currency={currency} change />
          </Td>
          {corrected && (
            <Td right>
              <Money micros={rows.reduce((sum, r) => sum + r.correctionMicros, 0)} currency={currency} change />
            </Td>
          )}
          <Td right>
            <Money micros={rows.reduce((sum, r) => sum + r.totalMicros, 0)} currency={currency} />
          </Td>
          <Td>{""}</Td>
        </tr>
      </tfoot>
    </Table>
  );
}
