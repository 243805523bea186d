import { SnoozeForm } from "@/app/(dashboard)/findings/snooze-form.tsx";
import { ClassName } from "@/components/class-bar.tsx";
import { classLabel } from "@/components/classes.ts";
import { formatSpan } from "@/components/format.ts";
import { HoursStrip } from "@/components/hours-strip.tsx";
import { href } from "@/components/href.ts";
import { RowCommands } from "@/components/stop-commands.tsx";
import { drawn, gpuHours, gpus, instant, moneyIn, percent, text, textField } from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import { buttonLook } from "@/components/ui/button.tsx";
import { workloadsPage } from "@/lib/insights/findings/commands.ts";
import type { IdleNowRow, IdleTeam } from "@/lib/pages/idle.ts";
import { percentOf } from "@/lib/units.ts";

/** What the viewer may do with the findings of rows. */
interface RowActs {
  /** Ids of findings that the viewer may act on. */
  readonly actable: ReadonlySet<string>;
  /** Day key of the present day in the billing time zone. */
  readonly today: number;
  readonly zone: string;
}

/** Workloads that idle now. The download has the same columns. */
export const idleColumns = (
  currency: string,
  runaiUrl: string | undefined,
  acts: RowActs,
): readonly TableColumn<IdleNowRow>[] => [
  text("workload", "Workload", (r) => r.name, {
    look: ["cut"],
    link: (r, { carry }) => href(`/workloads/${r.key}`, carry),
    note: (r) => r.project,
    fields: [textField("workload", (r) => r.name), textField("project", (r) => r.project)],
  }),
  text("team", "Team", (r) => r.team, {
    ...{ look: ["cut"], unknown: "Not charged yet", note: (r) => r.user || "no user named" },
    fields: [textField("team", (r) => r.team), textField("user", (r) => r.user)],
  }),
  text("class", "Class", (r) => classLabel(r.class), {
    cell: (r) => <ClassName of={r.class} />,
    note: (r) => r.gpuModel,
    fields: [textField("class", (r) => classLabel(r.class)), textField("gpu_model", (r) => r.gpuModel)],
  }),
  instant("since", "Since", (r) => r.sinceAt, {
    look: ["whole"],
    note: (r, { now }) => formatSpan(Math.max(0, now - r.sinceAt)),
  }),
  gpus("gpus", "GPUs", (r) => r.milli / 1000, {
    total: true,
    note: (r) => r.rank?.replace(/(?: \(by node and age\))? (?:does|do) nothing\.$/, ""),
  }),
  text("rank", "Rank", (r) => r.rank, { extra: true, unknown: "All its cards idle" }),
  drawn("day", "Last 24 h", (r) => <HoursStrip hours={r.hours} />, { look: ["bar"], bare: false }),
  gpuHours("lost", "Lost GPU-h", (r) => r.finding?.lostMilli ?? null, {
    ...{ extra: true, unknown: "No finding yet" },
  }),
  moneyIn(currency)("lost-cost", "Lost", (r: IdleNowRow) => r.finding?.costMicros ?? null, {
    ...{ total: true, unknown: "No finding yet, or no price" },
    link: (r, { carry }) => (r.finding ? href(`/findings/${r.finding.id}`, carry) : null),
    note: (r) => r.finding?.state ?? null,
  }),
  moneyIn(currency)("hour", "An hour", (r: IdleNowRow) => r.hourMicros, {
    ...{ lead: true, total: true, toneOf: () => "warn", unknown: "No price is in force" },
  }),
  text("stop", "Stop or snooze", (r) => r.commands[0]?.command ?? null, {
    ...{ order: false, header: "stop_command", unknown: "It serves, or Run:ai does not manage it" },
    cell: (r) => (
      <div className="grid justify-items-start gap-1">
        {r.commands.length > 0 && <RowCommands commands={r.commands} workloadsAt={workloadsPage(r.source, runaiUrl)} />}
        <Snooze row={r} acts={acts} />
      </div>
    ),
  }),
  text("finding", "Finding", (r) => r.finding?.id ?? null, {
    ...{ unknown: "A finding opens once it lasts longer", order: false, extra: true },
    cell: (r) => (r.finding ? <a href={`/findings/${r.finding.id}`}>{r.finding.state}</a> : "–"),
  }),
];

export const teamColumns = (currency: string): readonly TableColumn<IdleTeam>[] => [
  text("team", "Team", (t) => t.name),
  gpuHours("idle", "Idle GPU-h", (t) => t.idleMilli, { total: true }),
  percent("share", "Of its time", (t) => percentOf(t.idleMilli, t.heldMilli), {
    title: "Idle share of what it held",
  }),
  moneyIn(currency)("cost", "Idle cost", (t: IdleTeam) => t.idleMicros, { total: true, lead: true }),
];

/** Leaves the finding of a row alone for a while: nothing for people who only read it, or while it is snoozed or disputed. */
function Snooze({ row, acts }: { row: IdleNowRow; acts: RowActs }) {
  const { finding } = row;
  if (!finding || !acts.actable.has(finding.id)) return null;
  if (finding.state === "snoozed" || finding.state === "disputed") return null;
  const id = `snooze-${finding.id}`;
  return (
    <>
      <button type="button" popoverTarget={id} className={`no-print ${buttonLook("plain", "small")}`}>
        Snooze
      </button>
      <div
        id={id}
        popover="auto"
        className="m-auto w-80 max-w-[calc(100vw-2rem)] rounded-md border bg-ground p-4 text-left text-sm whitespace-normal text-ink shadow-lg"
      >
        <p className="mb-3 font-medium">Snooze {row.name}</p>
        <SnoozeForm finding={finding.id} today={acts.today} zone={acts.zone} />
      </div>
    </>
  );
}
