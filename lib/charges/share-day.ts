import { methodOf, settingsOf } from "@/lib/allocation/policies.ts";
import { chargeUnusedQuota, type Part, type Pot, splitPot, type Weights } from "@/lib/allocation/shares.ts";
import { COST_CLASSES, type ShareMethod } from "@/lib/allocation/types.ts";
import type { DayRules } from "@/lib/attribution/resolve.ts";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { classProperty } from "@/lib/classes.ts";
import { sumExactly } from "@/lib/money.ts";
import type { DayInput, Hardware } from "./day.ts";
import type { Charge, Share } from "./types.ts";

const CAPACITY = COST_CLASSES.filter((c) => c !== "shared");

/** Who pays for what nobody held, and for imported cost, by the policies in force on the day. */
export function shareDay(input: DayInput, charges: readonly Charge[], rules: DayRules): Share[] {
  const clusters = new Set([...input.hardware.values()].map((h) => h.clusterId));
  const quotas = new Quotas(input, rules);
  const shares: Share[] = [];
  for (const clusterId of clusters) {
    const weights = new DayWeights(input, charges, quotas, clusterId);
    shares.push(...shareCapacity(input, charges, weights, clusterId));
  }
  return [...shares, ...shareCosts(input, charges, quotas)];
}

function shareCapacity(input: DayInput, charges: readonly Charge[], weights: DayWeights, clusterId: string): Share[] {
  const { chargeUnusedQuota: forQuota } = settingsOf(input.rules.settings, input.day);
  const parts: Part[] = [];
  for (const charge of charges) {
    const hardware = input.hardware.get(charge.hardwareKey);
    if (charge.workloadKey !== 0 || charge.sku !== "gpu" || hardware?.clusterId !== clusterId) continue;
    for (const costClass of CAPACITY) {
      const amountMicros = charge.classes[classProperty(costClass, "micros")];
      let pot: Pot = { costClass, hardwareKey: charge.hardwareKey, amountMicros };
      if (costClass === "unallocated" && forQuota) {
        const taken = chargeUnusedQuota(pot, weights.unallocatedOf(hardware), weights.unusedQuota(hardware));
        parts.push(...taken.parts);
        pot = taken.rest;
      }
      const method = methodOf(input.rules.policies, clusterId, costClass, input.day);
      if (method !== "platform") parts.push(...splitPot(pot, method, weights.of(method, hardware)));
    }
  }
  return withPlatform(parts.map((part) => ({ ...part, day: input.day, clusterId })));
}

/** The platform's own row for each pot and method: what it gave, so that a class sums to 0. */
function withPlatform(shares: readonly Share[]): Share[] {
  const pots = Map.groupBy(shares, (s) => `${s.clusterId}/${s.hardwareKey}/${s.costClass}/${s.method}`);
  const given = [...pots.values()].map((list) => ({
    ...(list[0] as Share),
    teamKey: PLATFORM_TEAM,
    amountMicros: -sumExactly(list.map((s) => s.amountMicros)),
    weight: 0,
  }));
  return [...shares, ...given];
}

/** Imported cost: to the team that it names; else by the policy for shared cost, the rest staying with the platform. */
function shareCosts(input: DayInput, charges: readonly Charge[], quotas: Quotas): Share[] {
  const out: Share[] = [];
  const groups = Map.groupBy(input.costs, (c) => `${c.clusterId}/${c.teamKey}`);
  for (const costs of groups.values()) {
    const { clusterId, teamKey } = costs[0] as (typeof costs)[number];
    const pot = {
      costClass: "shared" as const,
      hardwareKey: 0,
      amountMicros: sumExactly(costs.map((c) => c.amountMicros)),
    };
    const row = { ...pot, day: input.day, clusterId };
    const direct = (team: number): Share => ({ ...row, teamKey: team, method: "direct", weight: 0, weightTotal: 0 });
    if (teamKey !== 0) {
      out.push(direct(teamKey));
      continue;
    }
    const method = methodOf(input.rules.policies, clusterId, "shared", input.day);
    const weights = new DayWeights(input, charges, quotas, clusterId === "" ? null : clusterId);
    const parts = method === "platform" ? [] : splitPot(pot, method, weights.of(method, undefined));
    out.push(
      ...(parts.length ? parts.map((part) => ({ ...part, day: input.day, clusterId })) : [direct(PLATFORM_TEAM)]),
    );
  }
  return merged(out);
}

/** Rows of one identity summed: a team may be named by a cost and hold a part of another. */
function merged(shares: readonly Share[]): Share[] {
  const same = Map.groupBy(shares, (s) => `${s.clusterId}/${s.teamKey}/${s.method}`);
  return [...same.values()].map((list) => ({
    ...(list[0] as Share),
    amountMicros: sumExactly(list.map((s) => s.amountMicros)),
  }));
}

interface Quota {
  readonly clusterId: string;
  readonly nodePool: string;
  readonly projectKey: number;
  readonly teamKey: number;
  readonly milli: number;
}

/** What each project may hold of each node pool, and its team: that of work without user and labels. */
class Quotas {
  readonly list: readonly Quota[];
  constructor({ projects }: DayInput, rules: DayRules) {
    this.list = projects.flatMap((p) => {
      const { clusterId, namespace, name, department } = p;
      const teamKey = rules.team({ clusterId, namespace, project: name, department, user: "", labels: {} });
      return Object.entries(p.quotaMilli).map(([nodePool, milli]) => ({
        clusterId,
        nodePool,
        projectKey: p.key,
        teamKey,
        milli: Math.max(0, milli),
      }));
    });
  }
}

/** What costs of a cluster (null: of all) are split by on a day, for each method. */
class DayWeights {
  readonly #input: DayInput;
  readonly #charges: readonly Charge[];
  readonly #quotas: readonly Quota[];
  constructor(input: DayInput, charges: readonly Charge[], quotas: Quotas, clusterId: string | null) {
    const inside = (c: string | undefined) => clusterId === null || c === clusterId;
    this.#input = input;
    this.#charges = charges.filter((c) => c.workloadKey !== 0 && inside(input.hardware.get(c.hardwareKey)?.clusterId));
    this.#quotas = quotas.list.filter((q) => inside(q.clusterId));
  }

  of(method: ShareMethod, hardware: Hardware | undefined): Weights {
    if (method === "quota") return sums(this.#quotas.map((q) => [q.teamKey, q.milli]));
    if (method === "equal") {
      const teams = [...this.of("charges", hardware), ...this.of("quota", hardware)].filter(([, w]) => w > 0);
      return new Map(teams.map(([team]) => [team, 1]));
    }
    const pool = method === "node-pool" && hardware ? hardware.nodePool : null;
    const counted = this.#charges.filter(
      (c) => pool === null || this.#input.hardware.get(c.hardwareKey)?.nodePool === pool,
    );
    return sums(counted.map((c) => [c.teamKey, c.amountMicros]));
  }

  /** Milli-GPU-seconds of a pool that nobody held. */
  unallocatedOf(hardware: Hardware): number {
    return sumExactly(
      this.#input.usage
        .filter((u) => u.workloadKey === 0 && this.#isPool(u.hardwareKey, hardware))
        .map((u) => u.classes.unallocatedMilli),
    );
  }

  /** Quota of a pool × the day, less what the project held of it. */
  unusedQuota(hardware: Hardware): Weights {
    const held = new Map<number, number>();
    for (const c of this.#charges)
      if (c.sku === "gpu" && this.#isPool(c.hardwareKey, hardware))
        held.set(c.projectKey, (held.get(c.projectKey) ?? 0) + c.quantity);
    return sums(
      this.#quotas
        .filter((q) => q.nodePool === hardware.nodePool && q.clusterId === hardware.clusterId)
        .map((q) => [q.teamKey, Math.max(0, q.milli * this.#input.seconds - (held.get(q.projectKey) ?? 0))]),
    );
  }

  #isPool(hardwareKey: number, { clusterId, nodePool }: Hardware): boolean {
    const other = this.#input.hardware.get(hardwareKey);
    return other?.clusterId === clusterId && other.nodePool === nodePool;
  }
}

/** Sums by team; the platform is nobody to split over. */
function sums(list: readonly (readonly [number, number])[]): Weights {
  const out = new Map<number, number>();
  for (const [team, weight] of list) if (team !== PLATFORM_TEAM) out.set(team, (out.get(team) ?? 0) + weight);
  return out;
}
