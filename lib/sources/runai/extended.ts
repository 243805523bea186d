import { quantityMilliCores } from "./quantity.ts";

interface Resource {
  readonly resource?: string | null | undefined;
  readonly quantity?: string | number | null | undefined;
  readonly exclude?: boolean | null | undefined;
}

/** GPUs among extended resources. */
export interface ExtendedGpus {
  /** Whole cards (`nvidia.com/gpu`, `nvidia.com/pgpu`, a device class of cards); null if none are named. */
  readonly cards: number | null;
  /**
   * MIG profiles with their number, such as `1g.10gb*2`, separated by spaces, and GPU resources whose share of a card is
   * not known, by name: `nvidia.com/gpu.shared*1`.
   */
  readonly profiles: string;
}

/** The last is the resource of a device class in dynamic resource allocation. */
const CARDS = new Set([
  "nvidia.com/gpu",
  "nvidia.com/pgpu",
  "amd.com/gpu",
  "deviceclass.resource.kubernetes.io/gpu.nvidia.com",
]);
/** Parts of the cards of `nvidia.com/gpu` by other schedulers: then those are no whole cards. */
const PARTS = /^nvidia\.com\/gpu(mem|cores)/i;
const MIG = /^nvidia\.com\/mig-(.+)$/i;
const GPU = /gpu|nvidia\.com\//i;

/** Reads the GPUs of a list of extended resources; excluded ones and quantities that are not positive are left out. */
export function extendedGpus(list: readonly Resource[] | null | undefined): ExtendedGpus {
  let cards: number | null = null;
  const profiles: string[] = [];
  const hasParts = (list ?? []).some((r) => r.exclude !== true && PARTS.test((r.resource ?? "").trim()));
  for (const { resource, quantity, exclude } of list ?? []) {
    const name = (resource ?? "").trim();
    const count = (quantityMilliCores(quantity) ?? 0) / 1000;
    if (exclude === true || count <= 0) continue;
    const mig = MIG.exec(name)?.[1];
    if (CARDS.has(name) && !hasParts) cards = (cards ?? 0) + count;
    else if (mig) profiles.push(`${mig}*${count}`);
    else if (GPU.test(name)) profiles.push(`${name}*${count}`);
  }
  return { cards, profiles: profiles.join(" ") };
}
