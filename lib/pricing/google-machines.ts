import { own } from "@/lib/order.ts";

/** GPUs of Google's G2 machines, by their virtual cores. */
const G2_GPUS: Readonly<Record<string, number>> = { 4: 1, 8: 1, 12: 1, 16: 1, 32: 1, 24: 2, 48: 4, 96: 8 };

/** By the letters of a machine type, as price lists name the cards. */
const FAMILIES: Readonly<Record<string, string>> = {
  "a2-highgpu": "A100",
  "a2-megagpu": "A100",
  "a2-ultragpu": "A100-80GB",
  "a3-highgpu": "H100",
  "a3-megagpu": "H100-MEGA-80GB",
  "a3-ultragpu": "H200",
  "a4-highgpu": "B200",
};

/**
 * Which GPUs a machine type of Google has: its price list has machines and GPUs on rows of their own.
 * @see https://cloud.google.com/compute/docs/accelerator-optimized-machines
 */
export function googleGpus(machine: string): { readonly gpuModel: string; readonly gpus: number } | null {
  const [, family = "", count = ""] = /^(a\d-\w+)-(\d+)g$/.exec(machine) ?? [];
  const gpuModel = own(FAMILIES, family);
  if (gpuModel) return { gpuModel, gpus: Number(count) };
  const g2 = own(G2_GPUS, /^g2-standard-(\d+)$/.exec(machine)?.[1] ?? "");
  return g2 ? { gpuModel: "L4", gpus: g2 } : null;
}
