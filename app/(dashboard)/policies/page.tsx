import type { Metadata } from "next";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { AuditList } from "@/components/audit/audit-list.tsx";
import { FilterSelect } from "@/components/filter-select.tsx";
import { formatDate } from "@/components/format.ts";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { SelectField, TextField } from "@/components/ui/field.tsx";
import { settingsOf } from "@/lib/allocation/policies.ts";
import { listChargeSettings, listPolicies } from "@/lib/allocation/policy-store.ts";
import { type ChargeSettings, COST_CLASSES } from "@/lib/allocation/types.ts";
import { listClusterNames } from "@/lib/attribution/rule-store.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { env } from "@/lib/env.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { compareVariants } from "@/lib/previews/workbench.ts";
import { loadWorkbench } from "@/lib/previews/workbench-load.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { saveSettings } from "./actions.ts";
import { NewPolicy } from "./new-policy.tsx";
import { PolicyTable } from "./policy-table.tsx";
import { CLASS_WORDS } from "./words.ts";
import { Workbench } from "./workbench.tsx";

export const metadata: Metadata = { title: "Policies" };

export default async function PoliciesPage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/policies");
  const { ctx, params } = input;
  const { LEDGER_CURRENCY: currency, BILLING_TIME_ZONE: billingTimeZone } = env();
  const days = daysOfPeriod(input.period, input.billingZone);
  const vary = COST_CLASSES.filter((c) => !params.vary || c === params.vary);
  const [policies, settings, clusters, teams, loaded, acts, changed] = await Promise.all([
    listPolicies(readerFor(ctx, "policies.read")),
    listChargeSettings(readerFor(ctx, "policies.read")),
    listClusterNames(readerFor(ctx, "policies.read")),
    listTeams(readerFor(ctx, "policies.read")),
    loadWorkbench(ctx, days, { currency, billingTimeZone }),
    listActs(readerFor(ctx, "policies.read"), 20, "policy"),
    listActs(readerFor(ctx, "policies.read"), 10, "settings"),
  ]);
  const today = dateOf(input.now, input.billingZone);
  const bench = compareVariants(loaded, { vary: vary.length ? vary : COST_CLASSES, clusterId: input.cluster ?? "" });
  const names = new Map(clusters.map((c) => [c.id, c.name]));
  return (
    <>
      <PageHeader title="Policies" notice={input.notice} controls={<PeriodControl input={input} />}>
        Who pays for capacity that nobody held, and for shared cost. The platform does, unless a policy says otherwise.
      </PageHeader>
      <Section title="In force" note={`on ${formatDate(today)}`}>
        <PolicyTable
          policies={policies}
          clusters={names}
          today={dayKey(today)}
          mayEdit={mayDo(ctx.viewer, "policies.edit")}
        />
        {mayDo(ctx.viewer, "policies.edit") && (
          <NewPolicy
            input={input}
            clusters={clusters}
            teams={teams}
            loaded={loaded}
            currency={currency}
            today={today}
          />
        )}
      </Section>
      <Section
        title="Workbench"
        note={`${loaded.length} days: what every team would come to. Nothing is changed.`}
        controls={
          <div className="flex flex-wrap gap-2">
            <FilterSelect
              name="vary"
              label="What varies"
              any="All of it varies"
              options={COST_CLASSES.map((c) => ({ value: c, label: `Only ${CLASS_WORDS[c].toLowerCase()}` }))}
            />
            {clusters.length > 1 && (
              <FilterSelect
                name="cluster"
                label="Cluster"
                any="All clusters"
                options={clusters.map((c) => ({ value: c.id, label: c.name }))}
              />
            )}
          </div>
        }
      >
        <Workbench bench={bench} teams={teams} currency={currency} />
        <p className="mt-2 max-w-prose text-xs text-soft">
          Corrections of closed periods and settled disputes are left out: no policy changes them.
        </p>
      </Section>
      <Section title="CPU, memory and quota" note="how they are charged where they have a price">
        <Settings
          settings={settingsOf(settings, dayKey(today))}
          today={today}
          mayEdit={mayDo(ctx.viewer, "policies.edit")}
        />
      </Section>
      <Section title="Changes" note="of policies and settings, newest first">
        <AuditList
          acts={[...acts, ...changed].sort((a, b) => b.at - a.at).slice(0, 20)}
          zone={input.zone}
          empty="Nobody has changed a policy yet."
        />
      </Section>
    </>
  );
}

const BASES = [
  { value: "request", label: "what was requested" },
  { value: "usage", label: "what was used" },
  { value: "larger", label: "the larger of both" },
  { value: "none", label: "not at all" },
];
const basis = (value: string): string => BASES.find((b) => b.value === value)?.label ?? value;

function Settings({ settings, today, mayEdit }: { settings: ChargeSettings; today: string; mayEdit: boolean }) {
  return (
    <>
      <p className="mb-3 text-sm text-soft">
        In force: CPU by {basis(settings.cpu)}, memory by {basis(settings.memory)}, GPU memory{" "}
        {basis(settings.gpuMemory)}; quota that was not used is {settings.chargeUnusedQuota ? "" : "not "}charged.
      </p>
      {mayEdit && (
        <ActionForm action={saveSettings} label="Save settings">
          <SelectField label="CPU" name="cpu" value={settings.cpu} options={BASES} />
          <SelectField label="Memory" name="memory" value={settings.memory} options={BASES} />
          <SelectField label="GPU memory" name="gpuMemory" value={settings.gpuMemory} options={BASES} />
          <SelectField
            label="Unused quota"
            name="unusedQuota"
            value={settings.chargeUnusedQuota ? "on" : "off"}
            options={[
              { value: "off", label: "not charged" },
              { value: "on", label: "charged" },
            ]}
          />
          <TextField label="From" name="day" type="date" value={today} required />
          <TextField label="Reason (audit log)" name="reason" />
        </ActionForm>
      )}
    </>
  );
}
