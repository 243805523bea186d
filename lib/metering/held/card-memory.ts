/** Memory, in MiB, of cards whose product string does not contain it (vendor data sheets). */
const KNOWN: readonly (readonly [pattern: RegExp, mib: number])[] = [
  [/\bL40S?\b/i, 49_152],
  [/\bL4\b/i, 24_576],
  [/\bA10G?\b/i, 24_576],
  [/\bA30\b/i, 24_576],
  [/\bA40\b|A6000/i, 49_152],
  [/\bT4\b/i, 16_384],
  [/\bP100\b/i, 16_384],
  [/\bK80\b/i, 12_288],
  [/\bV100\b/i, 16_384],
  [/\bA100\b/i, 40_960],
  [/\bH100\b/i, 81_920],
  [/\bH200\b/i, 144_384],
  [/\bB200\b/i, 196_608],
];

/**
 * Memory of one card of a model in MiB, from its product string (`NVIDIA-H100-80GB-HBM3`) or the table; null if
 * unknown.
 */
export function cardMemoryMib(gpuModel: string): number | null {
  const said = /(\d+)\s?GB/i.exec(gpuModel);
  if (said) return Number(said[1]) * 1024;
  return KNOWN.find(([pattern]) => pattern.test(gpuModel))?.[1] ?? null;
}
