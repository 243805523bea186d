import { ClassBar } from "@/components/class-bar.tsx";
import { formatGpus, formatMoment, formatMoney, formatSpan } from "@/components/format.ts";
import { HoursStrip } from "@/components/hours-strip.tsx";
import { href } from "@/components/href.ts";
import { Phase } from "@/components/phase.tsx";
import { RowCommands } from "@/components/stop-commands.tsx";
import { drawn, gpuHours, gpus, instant, moneyIn, percent, text } from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import { CLASSES, IDLE, sumClasses } from "@/lib/classes.ts";
import { workloadsPage } from "@/lib/insights/findings/commands.ts";
import type { MyTeam, MyWorkload, Work } from "@/lib/pages/home/me.ts";
import { percentOf } from "@/lib/units.ts";

/** What is held now, what it costs an hour, and how much of it does nothing. */
export function nowSentence({ now, hourMicros, currency, running }: Work, begin = "You hold"): string {
  const held = sumClasses(now, CLASSES);
  if (held === 0) return `${begin} no GPU now.`;
  const cost = hourMicros === null ? "" : ` at ${formatMoney(hourMicros, currency)} an hour`;
  const idle = sumClasses(now, IDLE);
  const some = held === 1000 ? "GPU" : "GPUs";
  const doing = idle === 0 ? "none of it idle" : `${formatGpus(idle)} of it idle`;
  return `${formatGpus(held)} ${some} held by ${running.length === 1 ? "one workload" : `${running.length} workloads`}${cost}, ${doing}.`;
}

/** @param isLinked whether the viewer may open the page of a workload. */
const name = (isLinked: boolean): TableColumn<MyWorkload> =>
  text("name", "Workload", (w) => w.name, {
    look: ["cut"],
    ...(isLinked ? { link: (w, { carry }) => href(`/workloads/${w.key}`, carry) } : {}),
    note: (w, { zone, now }) => (
      <>
        {w.project}
        {w.idleSinceAt !== null && (
          <span className="text-warn">
            {" "}
            · idle since {formatMoment(w.idleSinceAt, zone)} ({formatSpan(now - w.idleSinceAt)})
          </span>
        )}
      </>
    ),
  });

const cost = (currency: string): readonly TableColumn<MyWorkload>[] => [
  gpuHours("hours", "GPU-hours", (w) => w.allocatedMilli),
  gpuHours("idle", "Idle GPU-h", (w) => sumClasses(w.classes, IDLE)),
  moneyIn(currency)("cost", "Cost", (w: MyWorkload) => w.micros, {
    lead: true,
    unknown: "Not priced, or not charged yet",
  }),
  moneyIn(currency)("idle-cost", "Idle cost", (w: MyWorkload) => w.idleMicros, {
    unknown: "Not priced, or not charged yet",
    toneOf: (w) => (w.idleMicros ? "warn" : undefined),
  }),
];

export const runningColumns = (
  currency: string,
  runaiUrl?: string | undefined,
  isLinked = true,
): readonly TableColumn<MyWorkload>[] => [
  name(isLinked),
  gpus("gpus", "GPUs now", (w) => (w.now ? sumClasses(w.now, CLASSES) / 1000 : null)),
  moneyIn(currency)("hour", "An hour", (w: MyWorkload) => w.hourMicros, { unknown: "No price is in force" }),
  drawn("last-day", "Last 24 h", (w) => <HoursStrip hours={w.hours} />, { look: ["bar"], bare: false }),
  ...cost(currency),
  drawn("stop", "Stop", (w) => (
    <RowCommands commands={w.idleSinceAt === null ? [] : w.commands} workloadsAt={workloadsPage(w.source, runaiUrl)} />
  )),
];

export const recentColumns = (currency: string, isLinked = true): readonly TableColumn<MyWorkload>[] => [
  name(isLinked),
  text("phase", "Phase", (w) => w.phase, { cell: (w) => <Phase of={w.phase} /> }),
  instant("created", "Created", (w) => w.createdAt),
  drawn("classes", "By class", (w) => <ClassBar classes={w.classes} />, { look: ["bar"], bare: false }),
  ...cost(currency),
];

export const teamColumns = (currency: string): readonly TableColumn<MyTeam>[] => [
  text("team", "Team", (t) => t.name, { look: ["strong"] }),
  moneyIn(currency)("mine", "Mine", (t: MyTeam) => t.micros),
  moneyIn(currency)("team-total", "The team", (t: MyTeam) => t.teamMicros),
  percent("share", "Share", (t) => percentOf(t.micros, t.teamMicros), { lead: true }),
];
