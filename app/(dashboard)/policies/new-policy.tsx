import type { PageInput } from "@/app/page-input.ts";
import { daysText } from "@/components/days-text.ts";
import { travelling } from "@/components/href.ts";
import { Notice, Section } from "@/components/page-header.tsx";
import { moneyIn, text } from "@/components/tables/columns.ts";
import { DataTable } from "@/components/tables/data-table.tsx";
import { plainView, type TableColumn } from "@/components/tables/view.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { AddressForm } from "@/components/ui/address-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CheckField, SelectField, TextField } from "@/components/ui/field.tsx";
import { COST_CLASSES, type CostClass, SHARE_METHODS, type ShareMethod } from "@/lib/allocation/types.ts";
import type { Team } from "@/lib/attribution/types.ts";
import { absMicros, changeMicros, type ExactMicros } from "@/lib/money.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { compareVariants, type WorkbenchDay } from "@/lib/previews/workbench.ts";
import { savePolicy } from "./actions.ts";
import { CLASS_WORDS, METHOD_WORDS } from "./words.ts";

/** How an address names a policy that is previewed. */
export const DRAFT_NAMES = ["class", "in", "method", "day"] as const;

interface Draft {
  readonly costClass: CostClass;
  readonly clusterId: string;
  readonly method: ShareMethod;
  readonly day: string;
}

interface Props {
  readonly input: PageInput;
  readonly clusters: readonly { readonly id: string; readonly name: string }[];
  readonly teams: readonly Team[];
  readonly loaded: readonly WorkbenchDay[];
  readonly currency: string;
  readonly today: string;
}

/** The policy that the address asks to preview; null: none, or one that there cannot be. */
function readDraft({ params }: PageInput, clusters: Props["clusters"], today: string): Draft | null {
  const costClass = COST_CLASSES.find((c) => c === params.class);
  const method = SHARE_METHODS.find((m) => m === params.method);
  const clusterId = params.in ?? "";
  if (!costClass || !method || (clusterId && !clusters.some((c) => c.id === clusterId))) return null;
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(params.day ?? "");
  return { costClass, clusterId, method, day: isDate ? (params.day as string) : today };
}

/** A policy is chosen, previewed in money, and then confirmed. */
export function NewPolicy({ input, clusters, teams, loaded, currency, today }: Props) {
  const draft = readDraft(input, clusters, today);
  const carried = Object.entries(travelling(input.params)).flatMap(([k, v]) => (v ? [[k, v] as const] : []));
  return (
    <div className="mt-4">
      <AddressForm action="/policies#preview" fields={Object.fromEntries(carried)}>
        <SelectField
          label="For"
          name="class"
          value={draft?.costClass ?? ""}
          options={options(COST_CLASSES, CLASS_WORDS)}
        />
        <SelectField
          label="In"
          name="in"
          value={draft?.clusterId ?? ""}
          options={[{ value: "", label: "every cluster" }, ...clusters.map((c) => ({ value: c.id, label: c.name }))]}
        />
        <SelectField
          label="Charged to"
          name="method"
          value={draft?.method ?? "charges"}
          options={options(SHARE_METHODS, METHOD_WORDS)}
        />
        <TextField label="From" name="day" type="date" value={draft?.day ?? today} required />
        <div className="sm:pt-5.5">
          <Button type="submit">Preview policy</Button>
        </div>
      </AddressForm>
      {draft && (
        <Preview
          draft={draft}
          loaded={loaded}
          teams={teams}
          currency={currency}
          period={daysText(daysOfPeriod(input.period, input.billingZone))}
        />
      )}
    </div>
  );
}

const options = <T extends string>(list: readonly T[], words: Readonly<Record<T, string>>) =>
  list.map((value) => ({ value, label: words[value] }));

interface Effect {
  readonly team: string;
  readonly now: ExactMicros;
  readonly next: ExactMicros;
}

const effectColumns = (currency: string): readonly TableColumn<Effect>[] => [
  text("team", "Team", (e) => e.team, { look: ["strong"] }),
  moneyIn(currency)("now", "Current", (e: Effect) => e.now, { total: true }),
  moneyIn(currency)("next", "Proposed", (e: Effect) => e.next, { total: true, lead: true }),
  moneyIn(currency)("change", "Change", (e: Effect) => changeMicros(e.next, e.now), { total: true, change: true }),
];

type PreviewProps = Pick<Props, "loaded" | "teams" | "currency"> & { readonly draft: Draft; readonly period: string };

/** What each team would have paid in the period shown; then the button that saves it. */
function Preview({ draft, loaded, teams, currency, period }: PreviewProps) {
  const { costClass, clusterId, method, day } = draft;
  const bench = compareVariants(loaded, { vary: [costClass], clusterId });
  const rows = bench.rows
    .map((r): Effect => {
      const team = teams.find((t) => t.key === r.teamKey)?.name ?? String(r.teamKey);
      return { team, now: r.totals["in-force"], next: r.totals[method] };
    })
    .sort((a, b) => Number(absMicros(changeMicros(b.next, b.now))) - Number(absMicros(changeMicros(a.next, a.now))));
  const moves = rows.some((r) => r.next !== r.now);
  return (
    <Section
      id="preview"
      title="Preview"
      note={`${CLASS_WORDS[costClass].toLowerCase()}, charged to: ${METHOD_WORDS[method].toLowerCase()}; over ${period}, as if it were in force`}
    >
      {!moves && <Notice>No team would pay anything else in this period.</Notice>}
      {bench.kept.includes(method) && (
        <Notice>On some day nobody had a weight: the platform would keep that day&apos;s cost.</Notice>
      )}
      <DataTable
        view={plainView("Effect of the policy by team", effectColumns(currency))}
        rows={rows}
        foot="All teams"
      />
      <ActionForm
        stacked
        action={savePolicy}
        label="Save policy"
        fields={{ class: costClass, cluster: clusterId, method, day }}
      >
        <p className="mt-4 text-sm text-soft">{`Days from ${day} on are charged again. Closed periods are corrected in the next one.`}</p>
        <TextField label="Reason (audit log)" name="reason" />
        <CheckField label="I have read what it changes" name="sure" value="yes" />
      </ActionForm>
    </Section>
  );
}
