import { hashText } from "@/simulator/random.ts";
import { clipSpans, type Timeline } from "@/simulator/timeline.ts";
import { bySortedKey, type Family, type PromSeries } from "./family.ts";

/** Names since dcgm-exporter 4.9, and by how much the same number is larger there, in whole numbers and in decimals. */
export const RENAMED: Readonly<Record<string, { name: string; decimals?: number; times?: number }>> = {
  DCGM_FI_DEV_GPU_UTIL: { name: "DCGM_FI_DEV_GPU_UTIL_RATIO", decimals: 2 },
  DCGM_FI_DEV_FB_USED: { name: "DCGM_FI_DEV_FB_USED_BYTES", times: 1024 * 1024 },
  DCGM_FI_DEV_POWER_USAGE: { name: "DCGM_FI_DEV_BOARD_POWER_WATTS" },
  DCGM_FI_DEV_GPU_TEMP: { name: "DCGM_FI_DEV_GPU_TEMP_CELSIUS" },
  DCGM_FI_DEV_XID_ERRORS: { name: "DCGM_FI_DEV_XID_ERROR" },
  DCGM_FI_PROF_GR_ENGINE_ACTIVE: { name: "DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO" },
  DCGM_FI_PROF_SM_ACTIVE: { name: "DCGM_FI_PROF_SM_UTIL_RATIO" },
  DCGM_FI_PROF_DRAM_ACTIVE: { name: "DCGM_FI_PROF_DRAM_UTIL_RATIO" },
  DCGM_FI_PROF_PIPE_TENSOR_ACTIVE: { name: "DCGM_FI_PROF_TENSOR_UTIL_RATIO" },
};

/** The metric of a card as exporters before and after the upgrade show it. */
export function upgraded(family: Family, timeline: Timeline, at: number | undefined): Family[] {
  const renamed = RENAMED[family.name];
  if (at === undefined || !renamed) return [family];
  const { times = 1, decimals = 0 } = renamed;
  const cut = (isAfter: boolean) =>
    family.series.map((s): PromSeries => {
      const edge = Math.ceil((at + (hashText(s.card?.node.name ?? "") % 3600)) / timeline.step);
      const span = isAfter ? { from: edge, to: Number.MAX_SAFE_INTEGER } : { from: 0, to: edge };
      const pieces = s.pieces.flatMap((p) => clipSpans([p], span.from, span.to).map((part) => ({ ...p, ...part })));
      return { ...s, pieces };
    });
  return [
    { ...family, series: bySortedKey(cut(false)) },
    {
      ...{
        name: renamed.name,
        help: family.help,
        decimals: family.decimals + decimals,
        series: bySortedKey(cut(true)),
      },
      at: (s, piece, i) => family.at(s, piece, i) * times,
    },
  ];
}
