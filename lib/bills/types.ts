/** What clouds billed on some days, in the ledger's currency; it is compared and never charged. */
export interface BillLine {
  readonly fromDay: number;
  /** The first day that no longer counts. */
  readonly untilDay: number;
  /** 0: no tag names a team. */
  readonly teamKey: number;
  /** The GPU that it names; empty: something else. */
  readonly gpu: string;
  readonly service: string;
  readonly category: string;
  /** Whose bill of which period: two files with the same are versions of one export. */
  readonly source: string;
  readonly effectiveMicros: number;
  readonly billedMicros: number;
  /** Thousandths of an hour of a GPU that it bills; null: it does not say, or how many GPUs the instance has is not known. */
  readonly gpuMilliHours: number | null;
  /** 1: the cloud says that the amounts may still change. */
  readonly estimated: number;
}

/** How the reader of AWS Cost Explorer names whose bill its lines are. */
export const EXPLORER = "AWS Cost Explorer";

export const BASES = ["effective", "billed"] as const;
/** `effective`: commitments spread over what they cover (amortised). `billed`: as invoiced (unblended). */
export type Basis = (typeof BASES)[number];
