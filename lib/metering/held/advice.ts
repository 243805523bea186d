import type { OpenKind } from "./open-kinds.ts";

/** Holdings on a node that no inventory lists. @param node empty where no source names one. */
export const onUnknownNode = (node: string): string =>
  `Held GPUs on ${node ? `node ${node}, which inventory does not know` : "a node that no source names"}. They take free capacity of the same model; give the account access to every node.`;

/** More held on a node than it has, by these workloads. */
export const moreThanThere = (node: string, workloads: readonly string[]): string =>
  `More GPUs were held on ${node} than it has, by ${workloads.join(", ")}. Compare their requests with the cards of the node; a period with overlap is closed by a named override only.`;

/** What each kind of open item means, what it costs, and what resolves it: every text that metering writes for it. */
export const ADVICE = {
  "gpus-unknown": [
    "It ran, but no source says how many GPUs it held: neither a number, nor a known MIG profile or memory share, nor an allocation sample, nor devices that the exporter names for a claim (KUBERNETES_ENABLE_DRA). Counted as one card for each pod; nothing is charged. Read its allocation samples with a backfill, or let it request GPUs, memory or a MIG profile.",
  ],
  "time-unknown": [
    "Its phase history says that it ran, but no pod is listed and no allocation sample was read. Nothing is charged for this time. Read it with a backfill while the source still has its samples.",
  ],
  "outlives-workload": [
    "The pod is still listed as running after its workload ended. It is charged up to that end; delete it, or wait for its own end, which is charged when it is known.",
  ],
  "unlisted-cards": [
    "The cluster reports more cards than its listed nodes have. Before the first look they count as capacity; after it they do not: check that the account sees every node.",
  ],
  "unlisted-holders": [
    "The cluster reports more GPUs as allocated than its listed workloads hold: of workloads that were deleted before the ledger first read it, or that the account does not see. Their time counts as unallocated. Check the scope of the account.",
  ],
  "cards-unknown": [
    "Samples name several pods that hold a whole card each on one card: the node counts replicas of cards (time-slicing or MPS), and each counts as a card. Let the node's product string say so (-SHARED).",
    "The node counts replicas of cards (time-slicing or MPS), and no sample shows how many cards it has: each replica counts as a card, in capacity and in charges. Read the samples of its exporter.",
  ],
  "runs-under": [
    "It ran in the background on cards that another workload held. That time is the other's, and nothing is charged for it twice. Nothing has to be done.",
  ],
  "card-without-gpus": [
    "Samples name a pod of it on a card, but no source says that it holds any GPU: nothing is charged. Counted as one card each. Check what the pod requests, and that the exporter maps pods to cards as they are.",
  ],
  "sensors-contradict": [
    "Utilisation was 50 % or more while SM activity was 0 for 10 minutes or longer. The time is charged, but not observed. Restart the exporter of the node; if it stays, the driver or the card has failed.",
  ],
  "sources-disagree": [
    "The allocation samples report other GPUs than the pods; the pods are used. Around the start and end of a pod that is delay; if it stays, compare the pods of the workload with its allocation at the source.",
    "The cluster reports fewer GPUs as allocated than its workloads hold; the pods are used. Look for pods that are listed as running and are not.",
  ],
  "unknown-node": [onUnknownNode("gpu-1"), onUnknownNode("")],
  overlap: [moreThanThere("gpu-1", ["train-1", "train-2"])],
} as const satisfies Readonly<Record<OpenKind, readonly [string, ...string[]]>>;
