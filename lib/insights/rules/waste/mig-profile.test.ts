import { expect, it } from "vitest";
import { migProfileFor } from "./mig-profile.ts";

it.each<[model: string, gib: number, work: number, profile: string | null, share?: number]>([
  ["NVIDIA-H100-80GB-HBM3", 8, 10, "1g.10gb", 1 / 7],
  ["NVIDIA-H100-80GB-HBM3", 9, 10, "2g.20gb", 2 / 7],
  ["NVIDIA-H100-80GB-HBM3", 2, 15, "2g.20gb", 2 / 7],
  ["NVIDIA-A100-SXM4-40GB", 3, 5, "1g.5gb", 1 / 7],
  ["NVIDIA-H200", 14, 10, "1g.18gb", 1 / 7],
  ["NVIDIA-A30", 5, 20, "1g.6gb", 1 / 4],
  ["NVIDIA-L40S", 2, 5, null],
  ["Tesla-V100-SXM2-32GB", 2, 5, null],
  ["NVIDIA-H100-80GB-HBM3", 60, 5, null],
  ["a card of tomorrow", 1, 1, null],
])("of %s for %d GiB and %d %% of its work", (model, gib, work, profile, share) => {
  expect(migProfileFor(model, gib * 1024, work)).toEqual(profile === null ? null : { name: profile, share });
});
