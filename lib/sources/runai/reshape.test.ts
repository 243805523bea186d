import { describe, expect, it } from "vitest";
import { categoryOf } from "./category.ts";
import { toCluster, toNode, toPhases, toPod, toProject, toWorkload } from "./reshape.ts";
import * as wire from "./wire.ts";

const WORKLOAD = {
  id: "6f1c3a52",
  name: "llama-ft-07",
  type: "Training",
  category: "Train",
  tenantId: 1001,
  clusterId: "71f69d83",
  projectId: 12,
  projectName: "nlp-research",
  departmentId: "3",
  departmentName: "research",
  namespace: "runai-nlp-research",
  submittedBy: "ada@example.org",
  source: "Carrier pigeon",
  priorityClassName: "medium",
  preemptible: true,
  phase: "Running",
  phaseReason: null,
  createdAt: "2025-03-01T08:00:00Z",
  phaseUpdatedAt: "2025-03-01 08:03:10.5",
  completedAt: null,
  deletedAt: "0001-01-01T00:00:00Z",
  runningPods: 1,
  workloadRequestedResources: {
    gpuRequestType: "portion",
    gpu: { request: 0.5, limit: null },
    gpuMemory: null,
    cpu: { request: 16, limit: "1500m" },
    cpuMemory: { request: "128Gi", limit: "0B" },
  },
  podsRequestedResources: null,
  currentNodePools: [],
  requestedNodePools: ["a100", "h100"],
  images: ["example/train:1"],
  totalPendingTimeSeconds: 190,
  environmentVariables: { TOKEN: "secret" },
  command: "train --key secret",
  arguments: "secret",
};
const POD = {
  id: "p",
  name: "llama-ft-07-0-0",
  workloadId: "6f1c3a52",
  clusterId: "71f69d83",
  k8sPhase: "Running",
  createdAt: "2025-03-01T08:00:02Z",
  containers: [
    { name: "side", image: "x", startedAt: "2025-03-01T08:03:12Z" },
    { name: "init", image: "x", startedAt: null },
    { name: "main", image: "x", startedAt: "2025-03-01T08:03:09Z" },
  ],
};
const instant = (text: string) => Date.parse(text) / 1000;
const pod = (more: object) => toPod(wire.pod.parse({ ...POD, ...more }));

describe("toWorkload", () => {
  it("returns our words, fractions in milli-GPU, quantities in MiB", () => {
    expect(toWorkload(wire.workload.parse(WORKLOAD))).toEqual({
      clusterId: "71f69d83",
      id: "6f1c3a52",
      name: "llama-ft-07",
      type: "Training",
      category: "Train",
      namespace: "runai-nlp-research",
      projectId: "12",
      projectName: "nlp-research",
      departmentId: "3",
      departmentName: "research",
      submittedBy: "ada@example.org",
      phase: "Running",
      preemptible: true,
      priorityClass: "medium",
      nodePool: "a100",
      createdAt: instant("2025-03-01T08:00:00Z"),
      phaseUpdatedAt: instant("2025-03-01T08:03:10Z"),
      completedAt: null,
      deletedAt: null,
      gpuRequestMilli: 500,
      gpuRequestPerPodMilli: null,
      gpuMemoryRequestMib: null,
      gpuResources: "",
      cpuRequestMilli: 16_000,
      cpuLimitMilli: 1500,
      cpuMemoryRequestMib: 131_072,
      cpuMemoryLimitMib: 0,
      pendingSeconds: 190,
      runningSeconds: null,
      images: ["example/train:1"],
    });
  });

  it("returns no secret", () => {
    expect(JSON.stringify(toWorkload(wire.workload.parse(WORKLOAD)))).not.toContain("secret");
  });

  it("reads the least that any version sends", () => {
    const least = { id: "w", name: "n", clusterId: "c", createdAt: "2025-03-01T08:00:00Z" };
    const fact = toWorkload(wire.workload.parse(least));
    expect(fact).toMatchObject({
      projectId: "",
      type: "",
      category: "Other",
      phase: "Unknown",
      nodePool: "",
      images: [],
    });
    expect([fact.gpuRequestMilli, fact.preemptible, fact.phaseUpdatedAt, fact.runningSeconds]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("refuses a workload without a time of creation", () => {
    expect(wire.workload.safeParse({ ...WORKLOAD, createdAt: null }).success).toBe(false);
  });
});

const CLASS = "deviceclass.resource.kubernetes.io/gpu.nvidia.com";

it.each([
  ["MIG profiles", { gpu: { request: 0 }, extendedResources: [{ resource: "nvidia.com/mig-1g.10gb", quantity: 2 }] }],
  ["memory", { gpu: { request: 0 }, gpuMemory: { request: "8Gi" } }],
  ["shared cards", { gpu: { request: 0 }, extendedResources: [{ resource: "nvidia.com/gpu.shared", quantity: 1 }] }],
  ["claims", { gpu: { request: 0 }, resourceClaims: [{ name: "a" }] }],
])("a workload that asks for %s beside 0 GPUs has no number", (_, requested) => {
  const ways = [{ workloadRequestedResources: requested }, { podsRequestedResources: requested }];
  for (const way of ways) {
    const zero = { gpu: { request: 0 } };
    const sent = { ...WORKLOAD, workloadRequestedResources: zero, podsRequestedResources: zero, ...way };
    const fact = toWorkload(wire.workload.parse(sent));
    expect([fact.gpuRequestMilli, fact.gpuRequestPerPodMilli]).toEqual([null, null]);
    expect(Boolean(fact.gpuResources || fact.gpuMemoryRequestMib)).toBe(true);
  }
});

it.each([
  ["cards", "nvidia.com/gpu"],
  ["a device class of cards", CLASS],
])("%s beside 0 GPUs are the number of GPUs", (_, resource) => {
  const requested = { gpu: { request: 0 }, extendedResources: [{ resource, quantity: 2 }] };
  const sent = { ...WORKLOAD, workloadRequestedResources: requested, podsRequestedResources: requested };
  const fact = toWorkload(wire.workload.parse(sent));
  expect([fact.gpuRequestMilli, fact.gpuRequestPerPodMilli, fact.gpuResources]).toEqual([2000, 2000, ""]);
  expect(pod({ requestedResources: requested, allocatedResources: { gpu: 0 } }).gpuMilli).toBe(2000);
  const none = { gpu: { request: 0 }, extendedResources: [] };
  expect(toWorkload(wire.workload.parse({ ...sent, workloadRequestedResources: none })).gpuRequestMilli).toBe(0);
});

describe("toPod", () => {
  it("has the latest start of its containers once all have one: what a restart moves", () => {
    const containers = ["2025-03-01T08:03:12Z", "2025-03-01T08:03:09Z"].map((startedAt) => ({ startedAt }));
    expect(pod({ containers }).latestStartAt).toBe(instant("2025-03-01T08:03:12Z"));
    expect(pod({}).latestStartAt).toBeNull();
    expect(pod({ containers: [] }).latestStartAt).toBeNull();
  });

  it("is billed from its first container's start", () => {
    expect(pod({}).startedAt).toBe(instant("2025-03-01T08:03:09Z"));
    expect(pod({ containers: [{ startedAt: null }] }).startedAt).toBeNull();
    expect(pod({ containers: null }).startedAt).toBeNull();
  });

  it.each([
    ["allocated", { gpu: 0.25 }, { gpu: { request: 1 } }, 250],
    ["requested where nothing is said of allocation", null, { gpu: { request: 4 } }, 4000],
    ["requested where a null allocation is said", { gpu: null }, { gpu: { request: 4 } }, 4000],
    ["requested after the end, when 0 is allocated", { gpu: 0 }, { gpu: { request: 4 } }, 4000],
    ["none for a CPU pod", { gpu: 0 }, null, 0],
    ["unknown by memory request", { gpu: null }, { gpu: null, gpuMemory: { request: "8Gi" } }, null],
    [
      "unknown by a MIG profile beside a request of 0",
      { gpu: 0 },
      { gpu: { request: 0 }, migProfile: "1g.10gb" },
      null,
    ],
    ["unknown by a claim", { gpu: 0 }, { gpu: null, resourceClaims: [{ name: "gpu" }] }, null],
    ["cards of a device class", null, { extendedResources: [{ resource: CLASS, quantity: 2 }] }, 2000],
    ["unknown", null, null, null],
  ])("%s", (_, allocatedResources, requestedResources, milli) => {
    expect(pod({ allocatedResources, requestedResources }).gpuMilli).toBe(milli);
  });
});

it("reads clusters, nodes and projects", () => {
  const cluster = { uuid: "c", name: "prod", status: { state: "Disconnected" }, lastLiveness: "2025-03-01T08:00:00Z" };
  expect(toCluster(wire.cluster.parse(cluster))).toMatchObject({ id: "c", state: "Disconnected", version: null });
  const node = { name: "n1", status: "NotReady", gpuInfo: { gpuType: "NVIDIA-A100-SXM4-80GB", gpuCount: 8 } };
  const cpuNode = { id: "9", name: "n2", clusterUuid: "d", status: "Sulking", nodePool: "default", gpuInfo: null };
  expect(toNode(wire.node.parse(node), "c")).toMatchObject({ clusterId: "c", id: "", gpuCount: 8, ready: false });
  expect(toNode(wire.node.parse(cpuNode), "c")).toMatchObject({
    clusterId: "d",
    gpuModel: null,
    gpuCount: 0,
    ready: null,
  });
  const project = {
    id: 12,
    name: "nlp",
    clusterId: "c",
    parent: { id: "9f55253e" },
    status: { namespace: "" },
    requestedNamespace: "team-nlp",
    resources: [
      { nodePool: { id: "5", name: "a100" }, gpu: { deserved: 16.5 } },
      { nodePool: null, gpu: { deserved: 1 } },
      { nodePool: { id: "6", name: "cpu" }, gpu: null },
    ],
  };
  expect(toProject(wire.project.parse(project))).toEqual({
    clusterId: "c",
    id: "12",
    name: "nlp",
    departmentId: "9f55253e",
    namespace: "team-nlp",
    quotaMilli: { a100: 16_500, "": 1000 },
  });
});

it("returns phase updates oldest first, without events and repeats", () => {
  const update = (at: string, phase: string) => ({
    meta: { creationTimestamp: at, type: "PhaseUpdate" },
    spec: { event: null, phaseUpdate: { phase, phaseMessage: "" } },
  });
  const records = [
    update("2025-03-01T08:03:10Z", "Running"),
    { meta: { creationTimestamp: "2025-03-01T08:03:00Z", type: "Event" }, spec: { event: { reason: "Pulled" } } },
    update("2025-03-01T08:00:00Z", "Pending"),
    update("2025-03-01T08:01:00Z", "Pending"),
  ].map((r) => wire.historyRecord.parse(r));
  expect(toPhases(records)).toEqual([
    { at: instant("2025-03-01T08:00:00Z"), phase: "Pending" },
    { at: instant("2025-03-01T08:03:10Z"), phase: "Running" },
  ]);
});

it("keeps the last of several phases of one second, in the order of the list, which may be newest first", () => {
  const update = (at: string, phase: string) => ({
    meta: { creationTimestamp: at, type: "PhaseUpdate" },
    spec: { event: null, phaseUpdate: { phase, phaseMessage: "" } },
  });
  const oldestFirst = [
    update("2025-03-01T08:00:00Z", "Creating"),
    update("2025-03-01T08:00:00Z", "Pending"),
    update("2025-03-01T08:00:00Z", "Initializing"),
    update("2025-03-01T08:03:10Z", "Running"),
    update("2025-03-01T09:00:00Z", "Running"),
    update("2025-03-01T09:00:00Z", "Stopped"),
  ].map((r) => wire.historyRecord.parse(r));
  const expected = [
    { at: instant("2025-03-01T08:00:00Z"), phase: "Initializing" },
    { at: instant("2025-03-01T08:03:10Z"), phase: "Running" },
    { at: instant("2025-03-01T09:00:00Z"), phase: "Stopped" },
  ];
  expect(toPhases(oldestFirst)).toEqual(expected);
  expect(toPhases(oldestFirst.toReversed())).toEqual(expected);
});

it.each([
  ["Train", "Inference", "Train"],
  [null, "Training", "Train"],
  ["", "PyTorchJob", "Train"],
  [undefined, "Distributed", "Train"],
  [null, "runai-job", "Train"],
  [null, "TrainingWorkload", "Train"],
  [null, "InteractiveWorkload", "Build"],
  [null, "Workspace", "Build"],
  [null, "Jupyter", "Build"],
  [null, "DistributedInference", "Deploy"],
  [null, "Deployment", "Deploy"],
  [null, "Knative", "Deploy"],
  [null, "TeaCeremony", "Other"],
])("category %j of type %s is %s", (given, type, category) => {
  expect(categoryOf(given, type)).toBe(category);
});
