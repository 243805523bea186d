import { formatDate } from "@/lib/format.ts";

/** A tick of a time axis: which of the labels it stands under, and what it says. */
export interface AxisTick {
  readonly at: number;
  readonly text: string;
}

/** So much room a tick takes beside the next, and the axis of figures at the left. */
const TICK_PIXELS = 56;
const LEFT_PIXELS = 46;

/** The labels with a tick, and what each says, on a chart of a width in pixels. */
export function ticksFor(labels: readonly string[], width: number): ReadonlyMap<string, string> {
  const most = Math.max(2, Math.floor((width - LEFT_PIXELS) / TICK_PIXELS));
  return new Map(axisTicks(labels, most).map(({ at, text }) => [labels[at] as string, text]));
}

const HOUR_STEPS = [1, 2, 3, 6, 12];
const DAY_STEPS = [1, 2, 3, 5, 7, 10, 14, 28, 56, 112];

/**
 * The ticks of bars with the labels `2026-11-24 09:00` (hours), `2026-11-24` (days) or `2026-11` (months), in order: at most
 * `most`, evenly apart by the calendar. Days are shown as dates; within a day times are, with the date at its midnight and at
 * the first tick, so that no tick is without a day.
 */
export function axisTicks(labels: readonly string[], most: number): AxisTick[] {
  const first = labels[0] ?? "";
  if (first.length === 7) return every(labels, most, monthText);
  if (first.length === 10) return every(labels, most, dateText);
  const step = HOUR_STEPS.find((hours) => atHours(labels, hours).length <= most);
  return step === undefined ? dateTicks(labels, most) : timeTicks(labels, step);
}

function every(labels: readonly string[], most: number, text: (label: string) => string): AxisTick[] {
  const step = DAY_STEPS.find((n) => Math.ceil(labels.length / n) <= most) ?? labels.length;
  return labels.flatMap((label, at) => (at % step === 0 ? { at, text: text(label) } : []));
}

const dateOf = (label: string) => label.slice(0, 10);
const hourOf = (label: string) => Number(label.slice(11, 13));

const atHours = (labels: readonly string[], step: number): number[] =>
  labels.flatMap((label, at) => (hourOf(label) % step === 0 ? at : []));

function timeTicks(labels: readonly string[], step: number): AxisTick[] {
  return atHours(labels, step).map((at, i) => {
    const label = labels[at] as string;
    const begins = at > 0 && dateOf(labels[at - 1] as string) !== dateOf(label);
    if (begins || (i === 0 && hourOf(label) === 0)) return { at, text: dateText(label) };
    return { at, text: i === 0 ? `${dateText(label)}, ${label.slice(11)}` : label.slice(11) };
  });
}

/** A tick where a day begins; the part of a day with which the range begins has none. */
function dateTicks(labels: readonly string[], most: number): AxisTick[] {
  const begins = labels.flatMap((label, at) => {
    const before = labels[at - 1];
    return (before === undefined ? hourOf(label) === 0 : dateOf(before) !== dateOf(label)) ? at : [];
  });
  const step = DAY_STEPS.find((n) => Math.ceil(begins.length / n) <= most) ?? begins.length;
  return begins.flatMap((at, i) => (i % step === 0 ? { at, text: dateText(labels[at] as string) } : []));
}

/** The label of a bar as people read it: `24 Nov 2026`, `Nov 2026`, `24 Nov 2026 09:00`. */
export function labelText(label: string): string {
  if (/^\d{4}-\d{2}$/.test(label)) return monthText(label);
  return /^\d{4}-\d{2}-\d{2}( |$)/.test(label) ? `${formatDate(dateOf(label))}${label.slice(10)}` : label;
}

function inUtc(date: string, shape: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));
}
const dateText = (label: string) => inUtc(dateOf(label), { day: "numeric", month: "short" });
const monthText = (label: string) => inUtc(`${label}-01`, { month: "short", year: "numeric" });
