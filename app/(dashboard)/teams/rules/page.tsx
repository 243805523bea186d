import type { Metadata } from "next";
import { saveRule } from "@/app/(dashboard)/teams/actions.ts";
import { FORM_KEYS, RULE_FIELDS, readAct } from "@/app/(dashboard)/teams/rule-form.ts";
import { needPage } from "@/app/need-page.ts";
import { readInput, type Search } from "@/app/page-input.ts";
import { formatDay } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { PageHeader, Section } from "@/components/page-header.tsx";
import { PeriodControl } from "@/components/period-control.tsx";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { TextField } from "@/components/ui/field.tsx";
import { TextLink } from "@/components/ui/text-link.tsx";
import { listClusterNames, listRules } from "@/lib/attribution/rule-store.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { mayDo, readerFor } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError, type FieldProblems } from "@/lib/errors.ts";
import { own } from "@/lib/order.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { type ActPreview, previewAct } from "@/lib/previews/rule-act.ts";
import { suggestTeam } from "@/lib/previews/suggest-load.ts";
import { dateOf, dateOfKey, dayKey } from "@/lib/time.ts";
import { Preview } from "./preview.tsx";
import { RuleFields } from "./rule-fields.tsx";

export const metadata: Metadata = { title: "Rule" };

const TITLES: Readonly<Record<string, string>> = {
  add: "New rule",
  change: "Change a rule",
  move: "Move a rule",
  end: "End a rule",
};

/** A draft of a change to the rules, and what it would do to the period shown. Nothing is written before it is saved. */
export default async function RulePage({ searchParams }: { searchParams: Search }) {
  const input = await readInput(searchParams);
  needPage(input.ctx, "/teams/rules");
  const { ctx } = input;
  const today = dateOf(input.now, input.billingZone);
  const db = readerFor(ctx, "teams.edit");
  const [teams, clusters, rules, periods] = await Promise.all([
    listTeams(db),
    listClusterNames(db),
    listRules(db),
    loadPeriods(db, ctx.ledger, input.now),
  ]);
  // A new rule usually is of all that is not closed yet; what ends or moves does so from today on.
  const act = input.params.act ?? "add";
  const open = act === "add" ? periods.find((p) => p.state !== "closed") : undefined;
  const usual = open ? dateOfKey(open.period.fromDay) : today;
  const params: Params & { act: string } = { kind: "project", ...input.params, act, day: input.params.day ?? usual };
  const days = daysOfPeriod(input.period, input.billingZone);
  const preview = await tryPreview(ctx, params, days, input.billingZone);
  const isReady = params.act === "end" || params.act === "move" || Boolean(params.pattern && params.team);
  const todayKey = dayKey(today);
  const suggested =
    act === "add" && params.kind === "project" && params.pattern && !params.team
      ? await suggestTeam(db, params.pattern, rules, teams)
      : null;
  const live = rules.filter((r) => (r.untilDay === null || r.untilDay > todayKey) && r.id !== params.id);
  return (
    <>
      <PageHeader
        title={own(TITLES, params.act) ?? "Rule"}
        trail={[{ label: "Teams", href: "/teams" }]}
        notice={input.notice}
        controls={<PeriodControl input={input} />}
      >
        What it would change is shown below as you fill it in. Nothing is written before you save it.
      </PageHeader>
      <RuleFields
        params={params}
        problems={isReady && "problem" in preview ? preview.fields : {}}
        teams={teams.filter((t) => t.key !== 2 && t.archivedAt === null)}
        clusters={clusters}
        places={live.map((r) => ({
          value: r.id,
          label: `before ${r.kind} ${r.label} ${r.pattern}`.replace("  ", " "),
        }))}
      />
      {suggested && (
        <p className="mt-3 text-sm text-soft">
          {`Its department is ${suggested.department}. `}
          <TextLink to={href("/teams/rules", params, { team: String(suggested.team.key) })} stay>
            {`Assign it to ${suggested.team.name}`}
          </TextLink>
        </p>
      )}
      {isReady && "problem" in preview && Object.keys(preview.fields).length === 0 && (
        <p role="alert" className="mt-4 text-sm text-bad">
          {preview.problem}
        </p>
      )}
      {isReady && "plan" in preview && (
        <>
          <Preview
            preview={preview}
            teams={teams}
            currency={env().LEDGER_CURRENCY}
            label={`${formatDay(days.from)} up to ${formatDay(days.until)}`}
          />
          {mayDo(ctx.viewer, "teams.edit") && (
            <Section title="Save">
              <p className="mb-3 text-sm text-soft">
                Days from {formatDay(preview.plan.fromDay)} on are recalculated; earlier days stay as they are.
              </p>
              <ActionForm
                action={saveRule}
                label={params.act === "end" ? "End the rule" : "Save rule"}
                fields={Object.fromEntries(FORM_KEYS.map((key) => [key, params[key] ?? ""]))}
              >
                <TextField label="Reason (audit log)" name="reason" />
              </ActionForm>
            </Section>
          )}
        </>
      )}
    </>
  );
}

async function tryPreview(
  ctx: Ctx,
  params: Parameters<typeof readAct>[0],
  days: { from: number; until: number },
  zone: string,
): Promise<ActPreview | { problem: string; fields: FieldProblems }> {
  try {
    return await previewAct(ctx, readAct(params), days, zone);
  } catch (error) {
    if (error instanceof AppError && error.code !== "internal")
      return { problem: error.message, fields: atFields(error.fields ?? {}) };
    throw error;
  }
}

const atFields = (problems: FieldProblems): FieldProblems =>
  Object.fromEntries(Object.entries(problems).map(([path, message]) => [own(RULE_FIELDS, path) ?? path, message]));
