import { type ListPrice, perGpu } from "./list-price.ts";

/**
 * Public list prices, picked by hand: a reference to choose a rate from, with source and date. They price nothing by
 * themselves, and no price that is missing is ever filled from here. A test compares each figure with its source.
 */
const CLOUDS = {
  source: "skypilot-catalog (AWS, GCP, Azure, OCI and Lambda price lists)",
  asOf: "2024-06-13",
  currency: "USD",
};
const GPU_CLOUDS = { source: "tardellirs/gpu-pricing (providers' price pages)", asOf: "2026-05-24", currency: "USD" };

type Instance = readonly [
  cloud: string,
  instance: string,
  region: string,
  zone: string,
  gpuModel: string,
  gpus: number,
  /** USD for an hour of the whole instance; two parts where machine and GPUs are priced apart. */
  onDemand: readonly string[],
  spot: readonly string[],
];

// biome-ignore format: a table reads as one.
const INSTANCES: readonly Instance[] = [
  ["aws", "p5.48xlarge", "us-east-1", "use1-az5", "H100 80GB", 8, ["98.32"], ["55.0077"]],
  ["aws", "p4de.24xlarge", "us-east-1", "use1-az1", "A100 80GB", 8, ["40.96575"], []],
  ["aws", "p4d.24xlarge", "us-east-1", "use1-az1", "A100 40GB", 8, ["32.7726"], ["14.6985"]],
  ["aws", "p3dn.24xlarge", "us-east-1", "use1-az1", "V100 32GB", 8, ["31.212"], ["13.7335"]],
  ["aws", "p3.16xlarge", "us-east-1", "use1-az1", "V100 16GB", 8, ["24.48"], ["10.3374"]],
  ["aws", "p3.2xlarge", "us-east-1", "use1-az1", "V100 16GB", 1, ["3.06"], ["1.5364"]],
  ["aws", "g6.48xlarge", "us-east-1", "use1-az1", "L4", 8, ["13.3504"], ["2.4404"]],
  ["aws", "g6.xlarge", "us-east-1", "use1-az1", "L4", 1, ["0.8048"], ["0.1513"]],
  ["aws", "g5.48xlarge", "us-east-1", "use1-az1", "A10G", 8, ["16.288"], ["6.4316"]],
  ["aws", "g5.xlarge", "us-east-1", "use1-az1", "A10G", 1, ["1.006"], ["0.5269"]],
  ["aws", "g4dn.xlarge", "us-east-1", "use1-az1", "T4", 1, ["0.526"], ["0.218"]],
  ["aws", "p4d.24xlarge", "eu-west-1", "euw1-az2", "A100 40GB", 8, ["35.39655"], ["22.6467"]],
  ["aws", "p3.16xlarge", "eu-central-1", "euc1-az2", "V100 16GB", 8, ["30.584"], ["7.919"]],
  ["aws", "g5.48xlarge", "eu-central-1", "euc1-az1", "A10G", 8, ["20.3681"], ["6.2712"]],
  ["gcp", "a3-highgpu-8g", "us-central1", "us-central1-a", "H100 80GB", 8, ["9.46006", "78.3724"], ["6.67223", "55.27592"]],
  ["gcp", "a2-ultragpu-8g", "us-central1", "us-central1-a", "A100 80GB", 8, ["8.79698", "31.42464"], ["3.51864", "12.5696"]],
  ["gcp", "a2-ultragpu-1g", "us-central1", "us-central1-a", "A100 80GB", 1, ["1.09962", "3.92808"], ["0.43983", "1.5712"]],
  ["gcp", "a2-highgpu-8g", "us-central1", "us-central1-a", "A100 40GB", 8, ["5.91582", "23.47126"], ["2.36604", "9.3888"]],
  ["gcp", "a2-highgpu-1g", "us-central1", "us-central1-a", "A100 40GB", 1, ["0.73948", "2.93391"], ["0.29576", "1.1736"]],
  ["gcp", "a2-megagpu-16g", "us-central1", "us-central1-a", "A100 40GB", 16, ["8.79698", "46.94253"], ["3.51864", "18.7776"]],
  ["gcp", "g2-standard-96", "us-central1", "us-central1-a", "L4", 8, ["3.52301", "4.48032"], ["1.20518", "1.3441"]],
  ["gcp", "g2-standard-4", "us-central1", "us-central1-a", "L4", 1, ["0.14679", "0.56004"], ["0.05022", "0.16801"]],
  ["gcp", "a2-highgpu-8g", "europe-west4", "europe-west4-a", "A100 40GB", 8, ["6.51251", "23.47126"], ["2.6052", "7.3936"]],
  ["gcp", "g2-standard-96", "europe-west4", "europe-west4-a", "L4", 8, ["3.70286", "4.70904"], ["1.48166", "1.47998"]],
  ["azure", "Standard_ND96amsr_A100_v4", "eastus", "", "A100 80GB", 8, ["32.77"], ["5.76752"]],
  ["azure", "Standard_ND96asr_v4", "eastus", "", "A100 40GB", 8, ["27.197"], ["4.816589"]],
  ["azure", "Standard_NC96ads_A100_v4", "eastus", "", "A100 80GB", 4, ["14.692"], ["2.44328"]],
  ["azure", "Standard_NC24ads_A100_v4", "eastus", "", "A100 80GB", 1, ["3.673"], ["0.61082"]],
  ["azure", "Standard_ND40rs_v2", "eastus", "", "V100 32GB", 8, ["22.032"], ["3.677141"]],
  ["azure", "Standard_NC24s_v3", "eastus", "", "V100 16GB", 4, ["12.24"], ["3.740544"]],
  ["azure", "Standard_NC6s_v3", "eastus", "", "V100 16GB", 1, ["3.06"], ["0.935136"]],
  ["azure", "Standard_NC64as_T4_v3", "eastus", "", "T4", 4, ["4.352"], ["0.4352"]],
  ["azure", "Standard_NC4as_T4_v3", "eastus", "", "T4", 1, ["0.526"], ["0.0526"]],
  ["oci", "BM.GPU.A100-v2.8", "us-ashburn-1", "", "A100 80GB", 8, ["32"], []],
  ["oci", "BM.GPU4.8", "us-ashburn-1", "", "A100 40GB", 8, ["24.4"], []],
  ["oci", "BM.GPU3.8", "us-ashburn-1", "", "V100 16GB", 8, ["23.6"], []],
  ["oci", "BM.GPU.A10.4", "us-ashburn-1", "", "A10", 4, ["8"], []],
  ["oci", "VM.GPU.A10.1", "us-ashburn-1", "", "A10", 1, ["2"], []],
  ["lambda", "gpu_8x_h100_sxm5", "us-east-1", "", "H100 80GB", 8, ["27.92"], []],
  ["lambda", "gpu_1x_h100_pcie", "us-east-1", "", "H100 80GB", 1, ["2.49"], []],
  ["lambda", "gpu_8x_a100_80gb_sxm4", "us-east-1", "", "A100 80GB", 8, ["14.32"], []],
  ["lambda", "gpu_8x_a100", "us-east-1", "", "A100 40GB", 8, ["10.32"], []],
  ["lambda", "gpu_8x_v100", "us-east-1", "", "V100 16GB", 8, ["4.4"], []],
  ["lambda", "gpu_1x_a10", "us-east-1", "", "A10", 1, ["0.75"], []],
];

type Offer = readonly [cloud: string, offer: string, gpuModel: string, onDemand: string, spot: string | null];

/** USD for one GPU and hour. */
// biome-ignore format: a table reads as one.
const OFFERS: readonly Offer[] = [
  ["coreweave", "coreweave-h100-sxm-classic", "H100 80GB", "4.76", null],
  ["coreweave", "coreweave-a100-80gb-nvlink-classic", "A100 80GB", "2.21", null],
  ["digitalocean", "digitalocean-h100-on-demand", "H100 80GB", "3.39", null],
  ["digitalocean", "digitalocean-h200-on-demand", "H200", "3.44", null],
  ["digitalocean", "digitalocean-mi300x-on-demand", "MI300X", "1.99", null],
  ["digitalocean", "digitalocean-l40s-on-demand", "L40S", "1.57", null],
  ["hyperstack", "hyperstack-h100-sxm-on-demand", "H100 80GB", "2.4", null],
  ["hyperstack", "hyperstack-h200-sxm-on-demand", "H200", "3.5", null],
  ["hyperstack", "hyperstack-a100-sxm-on-demand", "A100 80GB", "1.6", null],
  ["lambda", "lambda-b200-sxm6-on-demand", "B200", "6.99", null],
  ["lambda", "lambda-h100-sxm-on-demand", "H100 80GB", "4.29", null],
  ["lambda", "lambda-gh200-on-demand", "GH200", "2.29", null],
  ["lambda", "lambda-a10-on-demand", "A10", "1.29", null],
  ["modal", "modal-b200-on-demand", "B200", "6.25", null],
  ["modal", "modal-h100-on-demand", "H100 80GB", "3.95", null],
  ["modal", "modal-l4-on-demand", "L4", "0.8", null],
  ["runpod", "runpod-h100-sxm-secure", "H100 80GB", "3.29", null],
  ["runpod", "runpod-h200-secure", "H200", "4.39", null],
  ["runpod", "runpod-a100-sxm-secure", "A100 80GB", "1.49", null],
  ["runpod", "runpod-l40s-community", "L40S", "0.79", null],
  ["verda", "verda-h100-sxm-on-demand", "H100 80GB", "2.29", "0.8"],
  ["verda", "verda-h200-sxm-on-demand", "H200", "3.39", "1.19"],
  ["verda", "verda-a100-sxm-80gb-on-demand", "A100 80GB", "1.29", "0.45"],
  ["vast-ai", "vast-ai-h100-sxm-on-demand", "H100 80GB", "1.49", "1.1"],
  ["vultr", "vultr-l40s-on-demand", "L40S", "1.671", null],
  ["vultr", "vultr-gh200-on-demand", "GH200", "1.99", null],
  ["jarvis-labs", "jarvis-labs-h100-sxm-on-demand", "H100 80GB", "2.69", "1.18"],
];

export const LIST_PRICES: readonly ListPrice[] = [
  ...INSTANCES.map(([cloud, instance, region, zone, gpuModel, gpus, onDemand, spot]) => ({
    ...{ cloud, instance, region, zone, gpuModel, gpus },
    ...{ onDemand, onDemandNanos: perGpu(onDemand, gpus), spot, spotNanos: perGpu(spot, gpus), ...CLOUDS },
  })),
  ...OFFERS.map(([cloud, instance, gpuModel, price, spot]) => {
    const [onDemand, spots] = [[price], spot === null ? [] : [spot]];
    const where = { cloud, instance, region: "", zone: "", gpuModel, gpus: 1 };
    return {
      ...where,
      onDemand,
      onDemandNanos: perGpu(onDemand, 1),
      spot: spots,
      spotNanos: perGpu(spots, 1),
      ...GPU_CLOUDS,
    };
  }),
];

const GPUS = new Map(INSTANCES.map(([, instance, , , , gpus]) => [instance.toLowerCase(), gpus]));

/** How many GPUs an instance has, by the list prices that come with the product; null: none of them names it. */
export const gpusOfInstance = (name: string): number | null => GPUS.get(name.toLowerCase()) ?? null;
