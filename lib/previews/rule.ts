import { DayRules } from "@/lib/attribution/resolve.ts";
import { type TeamRule, UNASSIGNED_TEAM, type WorkloadIdentity } from "@/lib/attribution/types.ts";
import { type Micros, sumExactly } from "@/lib/money.ts";

/** One workload's time and cost over days on which neither list of rules changes. */
export interface Work {
  readonly workloadKey: number;
  readonly name: string;
  readonly identity: WorkloadIdentity;
  /** Any of those days. */
  readonly day: number;
  /** Milli-GPU-seconds that it held. */
  readonly gpuMilli: number;
  /** What it was charged; null where nothing of it has a price. */
  readonly amountMicros: Micros | null;
}

/** Some work together: what a table shows of it. */
export interface WorkSum {
  readonly workloads: number;
  readonly gpuMilli: number;
  /** Of what has a price; null where nothing has. */
  readonly amountMicros: Micros | null;
  /** The dearest of them, by name. */
  readonly examples: readonly string[];
}

export interface OfProject {
  readonly clusterId: string;
  readonly project: string;
  readonly work: WorkSum;
}

export interface Match extends OfProject {
  /** Of it, what an earlier rule decides instead. */
  readonly taken: WorkSum;
}

export interface Move extends OfProject {
  readonly from: number;
  readonly to: number;
}

export interface RulePreview {
  /** What the rule's pattern matches, whatever its days and place. */
  readonly matches: readonly Match[];
  /** What would change teams. */
  readonly moves: readonly Move[];
  /** What no rule matches, as it is and as it would be. */
  readonly unassigned: { readonly before: WorkSum; readonly after: WorkSum };
}

/** Days on which an answer of `rules` may differ from that of the day before. */
export function cutsOf(rules: readonly TeamRule[]): number[] {
  return rules.flatMap((r) => (r.untilDay === null ? [r.fromDay] : [r.fromDay, r.untilDay]));
}

/**
 * What would change if `after` were the rules instead of `before`. Dearest first.
 * @param subject the rule in question, for what it matches; null: none is.
 */
export function previewRules(
  work: readonly Work[],
  before: readonly TeamRule[],
  after: readonly TeamRule[],
  subject: TeamRule | null,
): RulePreview {
  const now = new RulesByDay(before);
  const then = new RulesByDay(after);
  const seen = work.map((w) => {
    const winner = then.on(w.day).find(w.identity);
    return { w, from: now.on(w.day).team(w.identity), to: winner?.teamKey ?? UNASSIGNED_TEAM, winner };
  });
  const always = subject && new DayRules([{ ...subject, fromDay: 0, untilDay: null }], 1);
  const matched = always ? seen.filter(({ w }) => always.find(w.identity) !== null) : [];
  const isTaken = (winner: TeamRule | null) =>
    winner !== null && subject !== null && winner.position < subject.position;
  const moved = seen.filter(({ from, to }) => from !== to);
  return {
    matches: byProject(matched).map((list) => ({
      ...sumOf(list),
      taken: sum(list.filter(({ winner }) => isTaken(winner)).map(({ w }) => w)),
    })),
    moves: [...Map.groupBy(moved, ({ from, to }) => `${from}/${to}`).values()]
      .flatMap((list) => byProject(list).map((part) => ({ ...sumOf(part), ...endsOf(part) })))
      .sort(dearest),
    unassigned: {
      before: sum(seen.filter(({ from }) => from === UNASSIGNED_TEAM).map(({ w }) => w)),
      after: sum(seen.filter(({ to }) => to === UNASSIGNED_TEAM).map(({ w }) => w)),
    },
  };
}

/** Rules prepared once for each day that is asked for. */
class RulesByDay {
  readonly #rules: readonly TeamRule[];
  readonly #days = new Map<number, DayRules>();
  constructor(rules: readonly TeamRule[]) {
    this.#rules = rules;
  }
  on(day: number): DayRules {
    const known = this.#days.get(day) ?? new DayRules(this.#rules, day);
    this.#days.set(day, known);
    return known;
  }
}

interface Seen {
  readonly w: Work;
  readonly from: number;
  readonly to: number;
}

const endsOf = (list: readonly Seen[]) => {
  const [first] = list as [Seen, ...Seen[]];
  return { from: first.from, to: first.to };
};

function byProject<T extends Seen>(list: readonly T[]): T[][] {
  const groups = [...Map.groupBy(list, ({ w }) => `${w.identity.clusterId}\u0000${w.identity.project}`).values()];
  return groups.sort((a, b) => dearest(sumOf(a), sumOf(b)));
}

function sumOf(list: readonly Seen[]): OfProject {
  const [first] = list as [Seen, ...Seen[]];
  const { clusterId, project } = first.w.identity;
  return { clusterId, project, work: sum(list.map(({ w }) => w)) };
}

const dearest = (a: OfProject, b: OfProject): number =>
  (b.work.amountMicros ?? -1) - (a.work.amountMicros ?? -1) ||
  b.work.gpuMilli - a.work.gpuMilli ||
  (a.project < b.project ? -1 : 1);

const EXAMPLES = 5;

function sum(list: readonly Work[]): WorkSum {
  const workloads = [...Map.groupBy(list, (w) => w.workloadKey).values()].map((parts) => ({
    name: parts[0]?.name ?? "",
    gpuMilli: sumExactly(parts.map((p) => p.gpuMilli)),
    amountMicros: total(parts),
  }));
  const order = [...workloads].sort(
    (a, b) => (b.amountMicros ?? -1) - (a.amountMicros ?? -1) || b.gpuMilli - a.gpuMilli || (a.name < b.name ? -1 : 1),
  );
  return {
    workloads: workloads.length,
    gpuMilli: sumExactly(workloads.map((w) => w.gpuMilli)),
    amountMicros: total(workloads),
    examples: order.slice(0, EXAMPLES).map((w) => w.name),
  };
}

function total(list: readonly { readonly amountMicros: Micros | null }[]): Micros | null {
  const known = list.flatMap((w) => (w.amountMicros === null ? [] : [w.amountMicros]));
  return known.length ? sumExactly(known) : null;
}

/**
 * The projects some of whose work may be matched by no rule on some day: all but those that a rule by project or department
 * takes whole on each of these days.
 */
export function openProjects<P extends Pick<WorkloadIdentity, "clusterId" | "department"> & { readonly name: string }>(
  projects: readonly P[],
  rules: readonly TeamRule[],
  days: readonly number[],
): P[] {
  const whole = new RulesByDay(rules.filter((r) => r.kind === "project" || r.kind === "department"));
  return projects.filter(({ clusterId, department, name: project }) => {
    const identity = { clusterId, department, project, namespace: "", user: "", labels: {} };
    return days.some((day) => whole.on(day).find(identity) === null);
  });
}

/** What no rule matches, by project, dearest first. */
export function unassignedWork(work: readonly Work[], rules: readonly TeamRule[]): OfProject[] {
  const days = new RulesByDay(rules);
  const lost = work.flatMap((w) => {
    const team = days.on(w.day).team(w.identity);
    return team === UNASSIGNED_TEAM ? [{ w, from: team, to: team }] : [];
  });
  return byProject(lost).map(sumOf);
}
