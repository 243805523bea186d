import { describe, expect, it } from "vitest";
import { matchModel, modelWords } from "./model-match.ts";

const match = (pattern: string, model: string) => matchModel(modelWords(pattern), modelWords(model));

describe("a price's words and a GPU model", () => {
  it.each([
    ["H100 80GB", "NVIDIA-H100-80GB-HBM3", 2],
    ["NVIDIA-H100-80GB-HBM3", "H100 80GB", 0],
    ["H100", "NVIDIA H100 NVL", 1],
    ["V100", "Tesla-V100-SXM2-16GB", 1],
    ["A100SXM4", "NVIDIA-A100-SXM4-80GB", 2],
    ["a100 80 GB", "NVIDIA A100-SXM4-80GB", 2],
    ["A100 40GB", "NVIDIA-A100-SXM4-80GB", 0],
    ["A10", "NVIDIA-A100-SXM4-80GB", 0],
    ["A10", "NVIDIA A10", 1],
    ["L4", "NVIDIA-L40S", 0],
    ["A100", "NVIDIA-A100-SXM4-40GB-MIG-1g.5gb", 0],
    ["A100 MIG 1g.5gb", "NVIDIA-A100-SXM4-40GB-MIG-1g.5gb", 3],
    ["MIG 1g.10gb", "NVIDIA-A100-SXM4-40GB-MIG-1g.5gb", 0],
    ["", "NVIDIA-A100-SXM4-80GB", 0],
    ["NVIDIA", "NVIDIA-A100-SXM4-80GB", 0],
  ])("%s and %s: %d words", (pattern, model, words) => {
    expect(match(pattern, model)).toBe(words);
  });
});
