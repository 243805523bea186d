import { describe, expect, it } from "vitest";
import { silentLog } from "@/lib/log.ts";
import { RunaiClient } from "./client.ts";
import { toNode, toPod, toWorkload } from "./reshape.ts";
import * as wire from "./wire.ts";

/** Answers in forms that peers may choose; what they mean follows from docs/accounting.md §3 and docs/conditions.md. */

const instant = (text: string) => Date.parse(text) / 1000;
const POD = { id: "p", name: "job-0", workloadId: "w", clusterId: "c", createdAt: "2026-11-20T10:00:00Z" };
const podOf = (change: object) => toPod(wire.pod.parse({ ...POD, nodeName: "n1", k8sPhase: "Running", ...change }));
const asking = (requestedResources: object, allocatedResources: object | null = null) => {
  const { gpuMilli, gpuResources, gpuMemoryRequestMib } = podOf({ requestedResources, allocatedResources });
  return [gpuMilli, gpuResources, gpuMemoryRequestMib];
};
const extended = (...list: readonly (readonly [string, string])[]) => ({
  extendedResources: list.map(([resource, quantity]) => ({ resource, quantity })),
});

describe("GPUs of a pod", () => {
  it.each<[string, object, object | null, readonly unknown[]]>([
    ["1.0 as text", { gpu: { request: "1.0" } }, null, [1000, "", null]],
    [
      "a half beside the memory that it comes to",
      { gpu: { request: 0.5 }, gpuMemory: { request: "40Gi" } },
      null,
      [500, "", 40_960],
    ],
    ["a number that nobody can read", { gpu: { request: "1,5" } }, null, [null, "unreadable*1", null]],
    [
      "a number that nobody can read, beside an allocation",
      { gpu: { request: "1,5" } },
      { gpu: 2 },
      [2000, "unreadable*1", null],
    ],
    ["-1, which is no value", { gpu: { request: -1 } }, { gpu: -1 }, [null, "", null]],
    ["null", { gpu: null }, null, [null, "", null]],
    ["empty", { gpu: { request: "" } }, null, [null, "", null]],
    ["a part of a slice", extended(["nvidia.com/mig-1c.3g.40gb", "1"]), null, [null, "1c.3g.40gb*1", null]],
    [
      "a card of which another scheduler gives parts",
      extended(["nvidia.com/gpu", "1"], ["nvidia.com/gpumem", "3000"]),
      null,
      [null, "nvidia.com/gpu*1 nvidia.com/gpumem*3000", null],
    ],
    [
      "cards of another vendor beside a number of 0",
      { gpu: { request: 0 }, ...extended(["amd.com/gpu", "2"]) },
      null,
      [2000, "", null],
    ],
  ])("%s", (_, requested, allocated, expected) => expect(asking(requested, allocated)).toEqual(expected));
});

describe("times of a pod", () => {
  it.each<[string, object, number | null]>([
    ["nanoseconds", { containers: [{ startedAt: "2026-11-20T10:00:05.123456789Z" }] }, instant("2026-11-20T10:00:05Z")],
    ["an offset", { containers: [{ startedAt: "2026-11-20T12:00:05+02:00" }] }, instant("2026-11-20T10:00:05Z")],
    [
      "seconds since 1970",
      { containers: [{ startedAt: instant("2026-11-20T10:00:05Z") }] },
      instant("2026-11-20T10:00:05Z"),
    ],
    [
      "milliseconds since 1970",
      { containers: [{ startedAt: 1000 * instant("2026-11-20T10:00:05Z") }] },
      instant("2026-11-20T10:00:05Z"),
    ],
    ["a word", { containers: [{ startedAt: "soon" }] }, null],
    [
      "one of two containers",
      { containers: [{ startedAt: null }, { startedAt: "2026-11-20T10:00:05Z" }] },
      instant("2026-11-20T10:00:05Z"),
    ],
  ])("%s", (_, change, startedAt) => expect(podOf(change).startedAt).toBe(startedAt));
});

describe("what decides nothing does not cost its item", () => {
  it("a workload with texts, flags and lists of another type", () => {
    const item = { id: 7, name: "w", clusterId: "c", createdAt: "2026-11-20T10:00:00Z", projectId: 12 };
    const odd = {
      type: 3,
      preemptible: "yes",
      images: [null],
      currentNodePools: [1],
      submittedBy: {},
      background: "no",
    };
    expect(toWorkload(wire.workload.parse({ ...item, ...odd }))).toMatchObject({
      ...{ id: "7", projectId: "12", preemptible: null, images: [], nodePool: "", submittedBy: "", type: "" },
    });
  });
});

it.each<[unknown, boolean | null]>([
  ["Ready", true],
  ["ready", true],
  ["Ready,SchedulingDisabled", true],
  ["NotReady", false],
  ["NotReady,SchedulingDisabled", false],
  ["Unknown", null],
  ["", null],
  [null, null],
])("a node of status %s", (status, ready) =>
  expect(toNode(wire.node.parse({ name: "n", status }), "c").ready).toBe(ready),
);

/** Ids of a list that a server answers in this way, and whether it is whole. */
async function listOf(pages: readonly object[], count?: object) {
  const offsets = pages.map((_, i) => 500 * i);
  const answer = (url: string): object => {
    if (url.includes("/count")) return count ?? {};
    const offset = Number(new URL(url).searchParams.get("offset"));
    return pages[Math.max(0, offsets.filter((o) => o <= offset).length - 1)] ?? {};
  };
  const http = {
    json: async ({ url }: { url: string }) => ({ answer: { status: 200, headers: {}, text: "" }, body: answer(url) }),
  };
  const tokens = { get: async () => "t", clear: () => undefined };
  const client = new RunaiClient(http as never, tokens as never, "http://peer", silentLog);
  const list = { path: "/pods", key: "pods", item: wire.project, identity: (p: { id: string }) => p.id };
  const { items, isWhole } = await client.listed({ ...list, ...(count ? { count: "/pods/count" } : {}) });
  return { ids: items.map((i) => i.id), isWhole };
}

describe("a list", () => {
  const one = { id: "a", name: "a" };
  it("is empty where Go writes null, and whole where the count agrees", async () => {
    expect(await listOf([{ pods: null }], { count: 0 })).toEqual({ ids: [], isWhole: true });
    expect(await listOf([{ pods: null }], { count: 3 })).toEqual({ ids: [], isWhole: false });
  });
  it("is not whole by a count of -1, which is no value, before a second look agrees", async () =>
    expect(await listOf([{ pods: [one] }], { count: -1 })).toEqual({ ids: ["a"], isWhole: true }));
  it.each(["", "null", -1, {}, 0.5])("ends with a next of %j, which is no offset", async (next) =>
    expect(await listOf([{ pods: [one], next }], { count: 1 })).toEqual({ ids: ["a"], isWhole: true }),
  );
  it("of another API is an error, not an empty list", () =>
    expect(listOf([{ items: [one] }], { count: 1 })).rejects.toThrow(/pods/));
});
