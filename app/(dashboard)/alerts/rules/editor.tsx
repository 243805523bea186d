import { saveRule } from "@/app/(dashboard)/alerts/actions.ts";
import { durationText, readThreshold, thresholdText } from "@/app/(dashboard)/alerts/words.ts";
import type { PageInput } from "@/app/page-input.ts";
import { formatMoment } from "@/components/format.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { AddressForm } from "@/components/ui/address-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CheckField, SelectField, TextArea, TextField } from "@/components/ui/field.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import type { ChannelRow } from "@/lib/alerts/channel-store.ts";
import { getChannelKind } from "@/lib/alerts/channels/index.ts";
import { previewRule, type RuleInput, type RulePreview } from "@/lib/alerts/index.ts";
import type { ListedRule } from "@/lib/alerts/list.ts";
import { formatMinute } from "@/lib/alerts/quiet.ts";
import { getRuleKind, RULE_KINDS, type RuleKind } from "@/lib/alerts/rules/index.ts";
import { PLACEHOLDERS } from "@/lib/alerts/template.ts";
import { SEVERITIES } from "@/lib/alerts/types.ts";
import type { Team } from "@/lib/attribution/types.ts";
import { AppError, type FieldProblems } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { Sample, type Templates } from "./sample.tsx";

interface Props {
  readonly input: PageInput;
  /** The rule to change; absent: a new one. */
  readonly rule: ListedRule | undefined;
  readonly channels: readonly ChannelRow[];
  /** Teams that the viewer may make rules for. */
  readonly teams: readonly Team[];
  /** Rules about everything, too. */
  readonly everything: boolean;
}

/** A rule in two steps: what it watches, with what that would have been in the past; then who hears of it. */
export async function RuleEditor({ input, rule, channels, teams, everything }: Props) {
  const { params, ctx } = input;
  const kinds = RULE_KINDS.filter((k) => everything || k.scope !== "ledger");
  const kind = rule ? getRuleKind(rule.kind) : kinds.find((k) => k.kind === params.kind);
  const choices = [
    ...(everything && kind?.scope !== "team" ? [{ value: "0", label: "everything" }] : []),
    ...(kind?.scope === "ledger" ? [] : teams.map((t) => ({ value: String(t.key), label: t.name }))),
  ];
  const team =
    choices.find((c) => c.value === (params.team ?? String(rule?.teamKey ?? "")))?.value ?? choices[0]?.value ?? "0";
  const usual = kind?.threshold ? thresholdText(kind.threshold, rule?.threshold ?? kind.threshold.usual) : "";
  const threshold = params.threshold ?? usual;
  const templates = {
    titleTemplate: params.titleTemplate ?? rule?.titleTemplate ?? "",
    summaryTemplate: params.summaryTemplate ?? rule?.summaryTemplate ?? "",
  };
  const { preview, problems } = kind
    ? await lookBack(input, kind, Number(team), threshold)
    : { preview: null, problems: undefined };
  return (
    <div className="grid gap-4">
      <AddressForm
        action="/alerts/rules#edit"
        {...(problems ? { problems } : {})}
        fields={rule ? { rule: String(rule.key) } : {}}
      >
        {!rule && (
          <SelectField
            label="What to watch"
            name="kind"
            value={kind?.kind}
            options={[
              ...(kind ? [] : [{ value: "", label: "Choose…" }]),
              ...kinds.map((k) => ({ value: k.kind, label: k.title })),
            ]}
          />
        )}
        {kind && choices.length > 0 && (
          <SelectField key={team} label="For" name="team" value={team} options={choices} />
        )}
        {kind?.threshold && (
          <TextField
            key={threshold}
            label={`Look back with: ${lowered(labelOf(kind, ctx.ledger.currency))}`}
            name="threshold"
            value={threshold}
            align="right"
          />
        )}
        <div className="sm:pt-5.5">
          <Button type="submit">{kind ? "Preview" : "Continue"}</Button>
        </div>
      </AddressForm>
      {kind && <p className="max-w-prose text-sm text-soft">{kind.help}</p>}
      {preview && kind && <Past kind={kind} preview={preview} zone={input.zone} />}
      {kind && !problems && (
        <Sample
          input={input}
          of={rule ? { key: rule.key } : wouldBe(kind, team, threshold)}
          saved={rule ?? NO_TEMPLATES}
          templates={templates}
          fields={rule ? { rule: String(rule.key) } : { kind: kind.kind, team, threshold }}
        />
      )}
      {kind && !problems && (
        <Who
          kind={kind}
          rule={rule}
          channels={channels}
          currency={ctx.ledger.currency}
          threshold={threshold}
          templates={templates}
          fields={{ kind: kind.kind, team, rule: rule ? String(rule.key) : "" }}
        />
      )}
    </div>
  );
}

const NO_TEMPLATES: Templates = { titleTemplate: "", summaryTemplate: "" };

/** The rule that is about to be added. */
const wouldBe = (kind: RuleKind, team: string, threshold: string): RuleInput => ({
  ...{ kind: kind.kind, teamKey: Number(team), severity: kind.severity },
  threshold: kind.threshold ? readThreshold(kind.threshold, threshold) : 0,
});

const lowered = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

const UNITS = { money: "", seconds: "such as 30m, 6h, 2d", percent: "%", count: "" } as const;

function labelOf({ threshold }: RuleKind, currency: string): string {
  if (!threshold) return "";
  const unit = threshold.unit === "money" ? currency : UNITS[threshold.unit];
  return `${threshold.label}${unit ? ` (${unit})` : ""}`;
}

async function lookBack(
  { ctx }: PageInput,
  kind: RuleKind,
  teamKey: number,
  text: string,
): Promise<{ preview: RulePreview | null; problems: FieldProblems | undefined }> {
  try {
    const threshold = kind.threshold ? readThreshold(kind.threshold, text) : 0;
    return {
      preview: await previewRule(ctx, { kind: kind.kind, teamKey, threshold, severity: kind.severity }),
      problems: undefined,
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    return { preview: null, problems: error.fields ?? { threshold: error.message } };
  }
}

const LISTED = 10;

function Past({ kind, preview: { days, happenings }, zone }: { kind: RuleKind; preview: RulePreview; zone: string }) {
  if (happenings === null)
    return (
      <p className="text-sm text-soft">
        What it would have reported in the past is not known:{" "}
        {kind.ofSamples ? "no samples of cards are kept yet." : "nothing of what it watches is on record yet."}
      </p>
    );
  return (
    <Panel
      title={
        happenings.length
          ? `It would have fired ${counted(happenings.length, "time")} in the last ${days} days.`
          : `It would not have fired in the last ${days} days.`
      }
    >
      {happenings.length > 0 && (
        <ul className="mt-1 grid gap-0.5 text-soft">
          {happenings
            .slice(-LISTED)
            .reverse()
            .map(({ subject, at, title }) => (
              <li key={`${subject}/${at}`}>
                {formatMoment(at, zone)} · {title}
              </li>
            ))}
        </ul>
      )}
      {happenings.length > LISTED && <p className="mt-1 text-faint">and {happenings.length - LISTED} earlier</p>}
    </Panel>
  );
}

const MODES = [
  { value: "", label: "not sent" },
  { value: "now", label: "at once" },
  { value: "daily", label: "daily digest" },
  { value: "weekly", label: "weekly digest" },
];

interface WhoProps {
  readonly kind: RuleKind;
  readonly rule: ListedRule | undefined;
  readonly channels: readonly ChannelRow[];
  readonly currency: string;
  /** As it was previewed: what is saved is what the form shows. */
  readonly threshold: string;
  readonly templates: Templates;
  readonly fields: Readonly<Record<string, string>>;
}

function Who({ kind, rule, channels, currency, threshold, templates, fields }: WhoProps) {
  const modeOf = (key: number) => rule?.routes.find((route) => route.channelKey === key)?.mode ?? "";
  return (
    <ActionForm
      key={`${fields.rule || fields.kind}/${threshold}/${templates.titleTemplate}/${templates.summaryTemplate}`}
      action={saveRule}
      label={rule ? "Save rule" : "Add rule"}
      fields={fields}
    >
      <TextField label="Name" name="name" value={rule?.name ?? kind.title} />
      {kind.threshold && (
        <TextField
          label="Limit of the rule"
          hint={lowered(labelOf(kind, currency))}
          name="threshold"
          value={threshold}
          align="right"
        />
      )}
      <SelectField
        label="Severity"
        name="severity"
        value={rule?.severity ?? kind.severity}
        options={SEVERITIES.map((value) => ({ value, label: value }))}
      />
      {!kind.once && (
        <>
          <TextField
            label="Hold time"
            hint="how long it must last first"
            name="hold"
            value={durationText(rule?.holdSeconds ?? kind.holdSeconds)}
            placeholder="none"
          />
          <TextField
            label="Repeat after"
            name="repeat"
            value={durationText(rule?.repeatSeconds ?? kind.repeatSeconds)}
            placeholder="never"
          />
          <TextField
            label="Escalate after"
            hint="owner → lead → manager"
            name="escalate"
            value={durationText(rule?.escalateSeconds ?? 0)}
            placeholder="never"
          />
        </>
      )}
      <TextField label="Quiet from" name="quietFrom" value={formatMinute(rule?.quietFrom ?? -1)} placeholder="22:00" />
      <TextField
        label="Quiet until"
        name="quietUntil"
        value={formatMinute(rule?.quietUntil ?? -1)}
        placeholder="07:00"
      />
      {channels.map(({ key, name, kind: of }) => (
        <SelectField
          key={key}
          label={name}
          name={`channel-${key}`}
          options={getChannelKind(of).takesNoDigests ? MODES.slice(0, 2) : MODES}
          value={modeOf(key)}
        />
      ))}
      <div className="sm:pt-5.5">
        <CheckField
          label="Notify the people whom it concerns"
          name="people"
          checked={rule ? rule.people === 1 : true}
        />
      </div>
      <TextField
        label="Title of its messages"
        hint="empty: the usual one, {title}"
        name="titleTemplate"
        value={templates.titleTemplate}
        placeholder="[{severity}] {title}"
      />
      <TextArea
        label="Text of its messages"
        hint={`empty: the usual one. {${Object.keys(PLACEHOLDERS).join("} {")}} and {fact Cluster} stand for parts of the message`}
        name="summaryTemplate"
        value={templates.summaryTemplate}
      />
    </ActionForm>
  );
}
