import { own } from "@/lib/order.ts";

const KIND_WORDS: Readonly<Record<string, string>> = {
  terminate: "Stop",
  downsize: "Fewer GPUs",
  "smaller-card": "Smaller GPU",
  fraction: "Part of a GPU",
  consolidate: "Share cards",
  spot: "Preemptible",
  upsize: "More memory",
  other: "Other",
};

/** A kind of right-sizing in words. */
export const kindText = (kind: string): string => own(KIND_WORDS, kind) ?? kind;
