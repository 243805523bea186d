import type { CostClass, ShareMethod } from "@/lib/allocation/types.ts";
import type { Variant } from "@/lib/previews/workbench.ts";

export const CLASS_WORDS: Readonly<Record<CostClass, string>> = {
  unallocated: "Unallocated capacity",
  down: "Capacity that was down",
  unknown: "Capacity that nobody could see",
  shared: "Shared cost",
};

export const METHOD_WORDS: Readonly<Record<ShareMethod, string>> = {
  platform: "The platform",
  charges: "By charges",
  quota: "By quota",
  equal: "Equal parts",
  "node-pool": "By node pool",
};

export const VARIANT_WORDS: Readonly<Record<Variant, string>> = {
  ...METHOD_WORDS,
  "in-force": "In force",
  "unused-quota": "Unused quota charged",
};
