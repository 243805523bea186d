import { quantityMilliCores } from "./quantity.ts";

interface Resource {
  readonly resource?: string | null | undefined;
  readonly quantity?: string | number | null | undefined;
  readonly exclude?: boolean | null | undefined;
}

/** GPUs among extended resources. */
export interface ExtendedGpus {
  /** Whole cards (`nvidia.com/gpu`, `nvidia.com/pgpu`); null if none are named. */
  readonly cards: number | null;
  /** MIG profiles with their number, such as `1g.10gb*2`, separated by spaces; `unknown*1` for a resource of another kind. */
  readonly profiles: string;
  /** Whether a GPU resource is named whose share of a card is not known: shared cards, claims, resources of other names. */
  readonly unknown: boolean;
}

const CARDS = new Set(["nvidia.com/gpu", "nvidia.com/pgpu"]);
const MIG = /^nvidia\.com\/mig-(.+)$/i;
const GPU = /gpu|nvidia\.com\//i;

/** Reads the GPUs of a list of extended resources; excluded ones and quantities that are not positive are left out. */
export function extendedGpus(list: readonly Resource[] | null | undefined): ExtendedGpus {
  let cards: number | null = null;
  let unknown = false;
  const profiles: string[] = [];
  for (const { resource, quantity, exclude } of list ?? []) {
    const name = (resource ?? "").trim();
    const count = (quantityMilliCores(quantity) ?? 0) / 1000;
    if (exclude === true || count <= 0) continue;
    const mig = MIG.exec(name)?.[1];
    if (CARDS.has(name)) cards = (cards ?? 0) + count;
    else if (mig) profiles.push(`${mig}*${count}`);
    else if (GPU.test(name)) {
      unknown = true;
      profiles.push(`${name}*${count}`);
    }
  }
  return { cards, profiles: profiles.join(" "), unknown };
}
