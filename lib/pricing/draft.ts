import { decimalWords, minorDigits, type Nanos, parseNanos } from "@/lib/money.ts";
import { dayKey, parseEdge } from "@/lib/time.ts";
import { modelWords } from "./model-match.ts";
import { identityOf, rateOn } from "./price-book.ts";
import {
  type ExchangeRate,
  type Origin,
  PRICE_CLASSES,
  PRICE_KINDS,
  type PriceClass,
  type PriceKind,
} from "./types.ts";

/** A price as a person or a file wrote it: texts, with the line they stand on. */
export interface PriceDraft {
  readonly line: number;
  readonly kind: string;
  readonly match: string;
  /** Name or id; empty: every cluster. */
  readonly cluster: string;
  readonly priceClass: string;
  readonly unitPrice: string;
  readonly currency: string;
  readonly effectiveFrom: string;
  readonly origin: Origin;
}

/** A price that may be proposed. */
export interface NewPrice {
  readonly kind: PriceKind;
  readonly match: string;
  readonly clusterId: string;
  readonly priceClass: PriceClass;
  readonly unitPriceNanos: Nanos;
  readonly currency: string;
  readonly effectiveFrom: number;
  readonly origin: Origin;
}

export interface Problem {
  readonly line: number;
  readonly field: string;
  readonly message: string;
}

/** What a draft is read against. */
export interface DraftWorld {
  readonly currency: string;
  readonly billingTimeZone: string;
  readonly clusters: readonly { readonly id: string; readonly name: string }[];
  readonly rates: readonly ExchangeRate[];
  /** GPU models and node pools that there are: what matches none of them is doubtful, not wrong. */
  readonly models: readonly string[];
  readonly nodePools: readonly string[];
}

export interface Checked {
  readonly prices: readonly NewPrice[];
  /** Why a draft cannot be proposed; with any of these there are no prices. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Reads drafts all together: every problem is reported, not only the first. */
export function checkDrafts(drafts: readonly PriceDraft[], world: DraftWorld): Checked {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const prices: NewPrice[] = [];
  const seen = new Map<string, number>();
  for (const draft of drafts) {
    const problemsBefore = problems.length;
    const price = readDraft(draft, world, (field, message) => problems.push({ line: draft.line, field, message }));
    if (!price || problems.length > problemsBefore) continue;
    const key = `${identityOf(price)}@${price.effectiveFrom}`;
    const before = seen.get(key);
    if (before !== undefined) {
      const message = `The same price from the same day stands on line ${before}: keep one of them.`;
      problems.push({ line: draft.line, field: "match", message });
      continue;
    }
    seen.set(key, draft.line);
    const doubt = doubtOf(price, world);
    if (doubt) warnings.push({ line: draft.line, field: "match", message: doubt });
    prices.push(price);
  }
  if (drafts.length === 0)
    problems.push({ line: 0, field: "", message: "There is no price in it: give at least one." });
  return { prices: problems.length ? [] : prices, problems, warnings };
}

type AddProblem = (field: string, message: string) => void;

/** What is reserved, or above a quota, are GPUs. */
const classesOf = (kind: PriceKind): readonly PriceClass[] =>
  kind === "cpu" || kind === "memory" || kind === "gpu-memory" ? ["standard", "spot"] : PRICE_CLASSES;

function readDraft(draft: PriceDraft, world: DraftWorld, addProblem: AddProblem): NewPrice | null {
  const kind = PRICE_KINDS.find((k) => k === draft.kind);
  if (!kind) addProblem("kind", `"${draft.kind}" is no kind of price: use ${PRICE_KINDS.join(", ")}.`);
  const priceClass = PRICE_CLASSES.find((c) => c === (draft.priceClass || "standard"));
  if (!priceClass)
    addProblem("price_class", `"${draft.priceClass}" is no price class: use ${PRICE_CLASSES.join(", ")}.`);
  if (kind && priceClass && !classesOf(kind).includes(priceClass))
    addProblem(
      "price_class",
      `A price of ${kind} has the class ${classesOf(kind).join(" or ")}: ${priceClass} is of GPUs alone.`,
    );
  const clusterId = readCluster(draft.cluster, world, addProblem);
  const unitPriceNanos = readPrice(draft.unitPrice, addProblem);
  const currency = readCurrency(draft.currency || world.currency, addProblem);
  const effectiveFrom = readDay(draft.effectiveFrom, world.billingTimeZone, addProblem);
  if (kind) checkMatch(kind, draft.match, addProblem);
  if (!kind || !priceClass || clusterId === null || unitPriceNanos === null || !currency || !effectiveFrom) return null;
  if (currency !== world.currency && !rateOn(world, currency, effectiveFrom))
    addProblem(
      "currency",
      `${currency} has no exchange rate on or before ${draft.effectiveFrom}: record one first, or give the price in ${world.currency}.`,
    );
  const match = kind === "gpu" || kind === "node-pool" ? draft.match.trim() : "";
  return { kind, match, clusterId, priceClass, unitPriceNanos, currency, effectiveFrom, origin: draft.origin };
}

function readCluster(text: string, { clusters }: DraftWorld, addProblem: AddProblem): string | null {
  if (text === "") return "";
  const found = clusters.filter((c) => c.id === text || c.name === text);
  if (found.length === 1) return (found[0] as { id: string }).id;
  const names = clusters.map((c) => c.name).join(", ") || "none yet";
  addProblem(
    "cluster",
    found.length
      ? `Several clusters are called "${text}": give its id.`
      : `There is no cluster "${text}". There are: ${names}.`,
  );
  return null;
}

function readPrice(text: string, addProblem: AddProblem): Nanos | null {
  const nanos = parseNanos(text);
  if (nanos === null || nanos < 0) {
    addProblem(
      "unit_price",
      `"${text}" ${decimalWords(text, 9, "is no price: write a plain number of at most nine decimals, such as 2.50, for one unit and hour.")}`,
    );
    return null;
  }
  return nanos;
}

function readCurrency(text: string, addProblem: AddProblem): string | null {
  try {
    minorDigits(text);
    return text;
  } catch {
    addProblem("currency", `"${text}" is not a currency: use its ISO 4217 code, such as USD.`);
    return null;
  }
}

function readDay(text: string, zone: string, addProblem: AddProblem): number | null {
  const date = /^\d{4}-\d\d$/.test(text) ? `${text}-01` : text;
  try {
    if (!/^\d{4}-\d\d-\d\d$/.test(date)) throw new Error("not a day");
    parseEdge(date, zone);
    if (date < "2000-01-01") throw new Error("too early");
    return dayKey(date);
  } catch {
    addProblem(
      "effective_from",
      `"${text}" is not a day: write YYYY-MM-DD, or YYYY-MM for the first of a month, from 2000 on.`,
    );
    return null;
  }
}

function checkMatch(kind: PriceKind, match: string, addProblem: AddProblem): void {
  if (kind === "gpu" && modelWords(match).length === 0)
    addProblem("match", `"${match}" names no GPU model: write its words, such as "H100 80GB".`);
  if (kind === "node-pool" && match.trim() === "") addProblem("match", "Name the node pool that the price is of.");
  if (kind !== "gpu" && kind !== "node-pool" && match.trim() !== "")
    addProblem("match", `A price of ${kind} is not of a model or pool: leave it empty.`);
}

function doubtOf(price: NewPrice, { models, nodePools }: DraftWorld): string | null {
  if (
    price.kind === "node-pool" &&
    nodePools.length &&
    !nodePools.some((p) => p.toLowerCase() === price.match.toLowerCase())
  )
    return `No node pool is called "${price.match}" now. There are: ${nodePools.join(", ")}.`;
  if (price.kind !== "gpu" || models.length === 0) return null;
  const words = modelWords(price.match);
  const matches = models.some((m) => words.every((w) => modelWords(m).includes(w)));
  return matches ? null : `"${price.match}" matches no GPU that is here now. There are: ${models.join(", ")}.`;
}

/** A model that two prices name equally well, neither of which replaces the other: which of them applies would be chance. */
export function ambiguities(
  prices: readonly Pick<NewPrice, "kind" | "match" | "clusterId" | "priceClass">[],
  models: readonly string[],
): string[] {
  const out: string[] = [];
  for (const model of models) {
    const words = modelWords(model);
    const groups = Map.groupBy(
      prices.filter((p) => p.kind === "gpu" && modelWords(p.match).every((w) => words.includes(w))),
      (p) => `${p.clusterId} ${p.priceClass} ${modelWords(p.match).length}`,
    );
    for (const list of groups.values()) {
      const names = [...new Map(list.map((p) => [identityOf(p), p.match])).values()];
      if (names.length > 1)
        out.push(
          `${names.map((n) => `"${n}"`).join(" and ")} name ${model} equally well: make one of them more exact.`,
        );
    }
  }
  return out;
}
