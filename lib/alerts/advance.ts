import type { Instant } from "@/lib/time.ts";
import { quietUntil } from "./quiet.ts";
import type { Change, Detail, EventState, Severity } from "./types.ts";

/** What the life of an event needs of its rule. */
export interface RuleLife {
  readonly key: number;
  readonly teamKey: number;
  readonly severity: Severity;
  readonly once: boolean;
  readonly holdSeconds: number;
  readonly repeatSeconds: number;
  readonly escalateSeconds: number;
  readonly quietFrom: number;
  readonly quietUntil: number;
  readonly mutedUntil: Instant | null;
}

/** One event as it is stored. */
export interface AlertEvent {
  readonly id: string;
  readonly ruleKey: number;
  readonly subject: string;
  readonly teamKey: number;
  readonly severity: Severity;
  readonly state: EventState;
  readonly level: number;
  readonly title: string;
  readonly detail: Detail;
  readonly startedAt: Instant;
  readonly firedAt: Instant | null;
  readonly resolvedAt: Instant | null;
  readonly sequence: number;
  readonly notifiedAt: Instant | null;
  readonly step: number;
  readonly acknowledgedAt: Instant | null;
  readonly acknowledgedBy: string;
}

/** What holds now of one subject (lib/alerts/rules/rule.ts), with its details in the form of an event. */
export interface Held {
  readonly subject: string;
  readonly teamKey: number;
  readonly severity: Severity;
  readonly level: number;
  readonly title: string;
  readonly detail: Detail;
}

/** A change that somebody is to hear of. */
export interface Notice {
  readonly event: AlertEvent;
  readonly change: Change;
  /** Quiet hours: not before. */
  readonly notBefore: Instant;
}

export interface Advanced {
  /** Events that are new or changed. */
  readonly save: readonly AlertEvent[];
  /** Ids of events that never were notified and no longer hold. */
  readonly drop: readonly string[];
  readonly notices: readonly Notice[];
}

export interface Present {
  readonly rule: RuleLife;
  /** Pending and firing events of the rule. */
  readonly open: readonly AlertEvent[];
  /** The newest event of each subject that had one before: what happens once does not happen again. */
  readonly known: ReadonlyMap<string, AlertEvent>;
  readonly conditions: readonly Held[];
  /** Subjects of which nobody knows now: their events stay as they are. */
  readonly unknown: ReadonlySet<string>;
  readonly now: Instant;
  readonly zone: string;
  /** Whether the time of a subject is over, in words: its event ends then, and is not known to be well. */
  readonly ended?: (subject: string) => string | null;
  /** A new id for each call. */
  readonly id: () => string;
}

/** The last step of an escalation: owner 0, lead 1, manager 2. */
const LAST_STEP = 2;

/**
 * The events of a rule after one evaluation, and what is to be notified. An event that is muted goes on without a word: when the mute ends
 * and it still holds, it is notified then. One that was notified is resolved aloud, muted or not. Quiet hours delay, except for what is
 * critical. The sequence of an event grows by one with each notice, so that the same change is written once.
 */
export function advance(present: Present): Advanced {
  const { rule, open, known, conditions, now } = present;
  const held = new Map(conditions.map((condition) => [condition.subject, condition]));
  const before = new Map(open.map((event) => [event.subject, event]));
  const save: AlertEvent[] = [];
  const notices: Notice[] = [];
  const notify = (event: AlertEvent, change: Change | null) => {
    if (change === null) {
      const stored = before.get(event.subject) ?? known.get(event.subject);
      if (!stored || JSON.stringify(stored) !== JSON.stringify(event)) save.push(event);
      return;
    }
    const next = { ...event, sequence: event.sequence + 1, notifiedAt: now };
    save.push(next);
    notices.push({ event: next, change, notBefore: delayed(present, next) });
  };
  const isMuted = rule.mutedUntil !== null && rule.mutedUntil > now;
  for (const condition of held.values()) {
    const event = before.get(condition.subject);
    if (rule.once) {
      const recorded = recordedOf(present, known.get(condition.subject), condition);
      if (recorded) notify(recorded, isMuted ? null : "trigger");
      continue;
    }
    const current = fired(event ? { ...event, ...partOf(condition) } : begun(present, condition), rule, now);
    notify(...changed(current, event, rule, now, isMuted));
  }
  const drop: string[] = [];
  for (const event of rule.once ? [] : open) {
    if (held.has(event.subject) || present.unknown.has(event.subject)) continue;
    if (event.sequence === 0) drop.push(event.id);
    else {
      const detail = { ...event.detail, ended: present.ended?.(event.subject) ?? "" };
      notify({ ...event, detail, state: "resolved", resolvedAt: now }, "resolve");
    }
  }
  return { save, drop, notices };
}

/**
 * What happened, to be notified; null: it was. What happened during a mute and is still read is notified after it; what passes a limit that
 * was changed since happens again.
 */
function recordedOf(present: Present, last: AlertEvent | undefined, condition: Held): AlertEvent | null {
  const { now } = present;
  if (last?.sequence === 0) return { ...last, ...partOf(condition) };
  const isOtherLimit = last && last.detail.limit !== null && last.detail.limit !== condition.detail.limit;
  return !last || isOtherLimit ? { ...begun(present, condition), state: "recorded", firedAt: now } : null;
}

const partOf = ({ severity, level, title, detail, teamKey }: Held) => ({ severity, level, title, detail, teamKey });

const begun = ({ rule, now, id }: Present, condition: Held): AlertEvent => ({
  ...{ id: id(), ruleKey: rule.key, subject: condition.subject, ...partOf(condition) },
  ...{ state: "pending", startedAt: now, firedAt: null, resolvedAt: null, sequence: 0, notifiedAt: null, step: 0 },
  ...{ acknowledgedAt: null, acknowledgedBy: "" },
});

/** A pending event whose time to hold is over fires. */
const fired = (event: AlertEvent, rule: RuleLife, now: Instant): AlertEvent =>
  event.state === "pending" && now - event.startedAt >= rule.holdSeconds
    ? { ...event, state: "firing", firedAt: now }
    : event;

/** The event with what its change changes in it, and that change; null: nobody is to hear of it. */
function changed(
  event: AlertEvent,
  before: AlertEvent | undefined,
  rule: RuleLife,
  now: Instant,
  isMuted: boolean,
): [AlertEvent, Change | null] {
  if (event.state === "pending" || isMuted) return [keepLevel(event, before), null];
  if (event.sequence === 0) return [event, "trigger"];
  // Worse than it was acknowledged for: it is open again.
  if (event.level > (before?.level ?? event.level))
    return [{ ...event, acknowledgedAt: null, acknowledgedBy: "" }, "update"];
  if (event.acknowledgedAt !== null) return [event, null];
  const { escalateSeconds, repeatSeconds } = rule;
  const isStepDue = escalateSeconds > 0 && now - (event.firedAt ?? now) >= escalateSeconds * (event.step + 1);
  if (isStepDue && event.step < LAST_STEP) return [{ ...event, step: event.step + 1 }, "escalate"];
  if (repeatSeconds > 0 && now - (event.notifiedAt ?? now) >= repeatSeconds) return [event, "repeat"];
  return [event, null];
}

/** What got worse unheard is still to be heard of. */
const keepLevel = (event: AlertEvent, before: AlertEvent | undefined): AlertEvent =>
  before && before.sequence > 0 ? { ...event, level: Math.min(event.level, before.level) } : event;

function delayed({ rule, now, zone }: Present, event: AlertEvent): Instant {
  return event.severity === "critical" ? now : quietUntil(rule, now, zone);
}
