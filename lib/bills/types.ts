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
}

export const BASES = ["effective", "billed"] as const;
/** `effective`: commitments spread over what they cover (amortised). `billed`: as invoiced (unblended). */
export type Basis = (typeof BASES)[number];
