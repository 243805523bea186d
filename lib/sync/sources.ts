import type { BulkSampleSource, FactSource, SubjectSampleSource } from "@/lib/sources/source.ts";

/** The peers of this ledger: Run:ai tells the facts; samples come in bulk from Prometheus where there is one, else from Run:ai. */
export interface Sources {
  readonly facts: FactSource & SubjectSampleSource;
  readonly bulk: BulkSampleSource | null;
  readonly resourceType: "workload" | "pod";
  /** Requests sent so far by all of them. */
  requests(): number;
  close(): Promise<void>;
}
