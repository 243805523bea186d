import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readCsvFile } from "@/lib/csv-file.ts";
import { findGpuName, GPU_NAMES } from "./gpu-names.ts";

describe("GPU time is known", () => {
  it.each(GPU_NAMES.flatMap(({ of, examples }) => examples.map((text) => [of, text] as const)))(
    "by names of %s: %s",
    (_, text) => {
      expect(findGpuName(text)).not.toBe(null);
    },
  );

  it("names what it found, as it is written", () => {
    expect(findGpuName("$32.77 per On Demand Linux p4d.24xlarge Instance Hour")).toBe("p4d.24xlarge");
    expect(findGpuName("NC4as T4 v3")).toBe("NC4as T4 v3");
    expect(findGpuName('{"InstanceType":"ml.g5.xlarge"}')).toBe("g5.xlarge");
    expect(findGpuName("Nvidia Tesla A100 GPU running in Iowa")).toBe("A100");
  });

  it.each([
    ["p4d.24xlarge, 8 x 1000 GB SSD, 400 Gbps", "p4d.24xlarge"],
    ["$32.77 per On Demand p4d.24xlarge with 8 x 1000 GB SSD", "p4d.24xlarge"],
    ["p4d.24xlarge 8 x 1,000 GB NVMe SSD", "p4d.24xlarge"],
    ["8x H100 server with 4 TB NVMe SSD", "8x H100"],
    ["Bare metal server (8x H100, 2 TB memory, 30 TB SSD)", "8x H100"],
    ["HGX H200 node incl. 10 TB egress", "HGX H200"],
  ])("with its disks and traffic in the text: %s", (text, name) => {
    expect(findGpuName(text)?.trim()).toBe(name);
  });

  const data = (name: string) => path.resolve(import.meta.dirname, "../../../shared/data", name);
  it.skipIf(!existsSync(data("gpu_prices_2024-06-13.csv.gz"))).each([
    ["gpu_prices_2024-06-13.csv.gz", ["instance_type", "accelerator"]],
    ["gpu_rental_offers_2026-05-24.csv.gz", ["id", "gpu_model"]],
  ])("by every name of %s (needs ../shared/data)", (name, columns) => {
    const { records } = readCsvFile(name, gunzipSync(readFileSync(data(name))).toString("utf8"));
    // Numbers of a market place name no card: these rows have it beside them.
    const texts = records
      .flatMap(({ fields }) => columns.map((c) => fields[c] ?? ""))
      .filter((t) => t && !/^rec\w{14,}$/.test(t));
    expect(texts.length).toBeGreaterThan(600);
    expect([...new Set(texts.filter((text) => findGpuName(text) === null))]).toEqual([]);
  });
});

it.each([
  "P40 LRS Disk",
  "P4 LRS",
  "Premium SSD Managed Disks P10",
  "E10 LRS Disk",
  "A10 GB-month of block storage",
  "$0.08 per GB-month of General Purpose (gp3) provisioned storage",
  "Amazon Simple Storage Service USE2-TimedStorage-ByteHrs",
  "USE1-BoxUsage:t4g.medium",
  "m4.large",
  "c5.24xlarge",
  "r6g.metal",
  "t2.micro",
  "A2 v2/A2 v2",
  "Standard_A4_v2",
  "Standard_D4s_v3",
  "Standard_NP10s",
  "D4s v3",
  "n2-standard-8",
  "a2-storage-tier",
  "VM.Standard.E4.Flex",
  "Data transfer out to p4d instances",
  "Data transfer out, p4d.24xlarge",
  "EBS snapshot of p4d.24xlarge",
  "Premium SSD, attached to NC6s v3",
  "Block storage for 8x H100 server, NVMe",
  "H100 cluster egress bandwidth",
  "P40, 2 TB SSD",
  "4 TB NVMe SSD",
  "Nat Gateway Hours",
  "Load Balancer L4 rule, per hour and rule",
  "Tax",
  "Support plan",
  "",
])("is no GPU time: %s", (text) => {
  expect(findGpuName(text)).toBe(null);
});

it("takes no longer for a long text", () => {
  for (const text of [
    "a".repeat(1e6),
    "p4".repeat(1e5),
    "rtx ".repeat(1e5),
    "radeon-".repeat(1e5),
    "BM.GPU.".repeat(1e5),
  ])
    expect(findGpuName(text)?.length ?? 0).toBeLessThan(401);
});
