/** One team of the demo. `share` is its part of the batch jobs; quotas are deserved GPUs by pool. */
export interface DemoProject {
  readonly name: string;
  readonly department: string;
  readonly share: number;
  readonly users: readonly string[];
  readonly quota: Readonly<Record<string, number>>;
  /** Where its training jobs go, by weight. */
  readonly pools: readonly (readonly [pool: string, weight: number])[];
  readonly models: readonly string[];
  /** Part of its jobs that are notebooks. */
  readonly notebooks: number;
  readonly services: readonly DemoService[];
}

/** A long-lived inference deployment. */
export interface DemoService {
  readonly name: string;
  readonly pool: string;
  readonly gpuPerPod: number;
  readonly pods: number;
  /** Pods by day on weekdays; equal to `pods` when it does not scale. */
  readonly maxPods: number;
  /** Days after the start of the demo. */
  readonly fromDay: number;
}

export interface DemoPool {
  readonly name: string;
  readonly nodes: number;
  readonly gpusPerNode: number;
  readonly gpuModel: string;
  readonly memoryMib: number;
}

export const DEMO_POOLS: readonly DemoPool[] = [
  { name: "h100", nodes: 14, gpusPerNode: 8, gpuModel: "NVIDIA-H100-80GB-HBM3", memoryMib: 81_559 },
  { name: "a100", nodes: 10, gpusPerNode: 8, gpuModel: "NVIDIA-A100-SXM4-80GB", memoryMib: 81_920 },
  { name: "dev-l40s", nodes: 6, gpusPerNode: 4, gpuModel: "NVIDIA-L40S", memoryMib: 46_068 },
];

export const DEMO_DEPARTMENTS = ["research", "products", "life-sciences", "autonomy", "platform"] as const;

function service(
  name: string,
  pool: string,
  gpuPerPod: number,
  pods: number,
  maxPods = pods,
  fromDay = 0,
): DemoService {
  return { name, pool, gpuPerPod, pods, maxPods, fromDay };
}

/** Shares follow the spread of GPU-hours over Philly's virtual clusters: the largest has a quarter, the tail a percent each. */
export const DEMO_PROJECTS: readonly DemoProject[] = [
  {
    name: "nlp-research",
    department: "research",
    share: 22,
    users: ["ada", "benoit", "chiara", "dmitri", "esra", "farid", "greta"],
    quota: { h100: 40, a100: 6, "dev-l40s": 2 },
    pools: [
      ["h100", 8],
      ["a100", 2],
    ],
    models: ["llama-70b", "llama-8b", "mistral-7b", "moe-16x", "t5-xl", "tokenizer"],
    notebooks: 0.16,
    services: [],
  },
  {
    name: "vision",
    department: "research",
    share: 14,
    users: ["hana", "igor", "jana", "kofi", "lucia"],
    quota: { h100: 12, a100: 16, "dev-l40s": 2 },
    pools: [
      ["h100", 5],
      ["a100", 5],
    ],
    models: ["vit-huge", "dino", "sam-ft", "detr", "unet"],
    notebooks: 0.2,
    services: [],
  },
  {
    name: "speech",
    department: "research",
    share: 9,
    users: ["mei", "noor", "oskar", "priya"],
    quota: { h100: 8, a100: 10, "dev-l40s": 2 },
    pools: [
      ["h100", 4],
      ["a100", 6],
    ],
    models: ["whisper-l", "conformer", "vits", "wav2vec"],
    notebooks: 0.18,
    services: [service("asr-batch", "a100", 1, 2, 4)],
  },
  {
    name: "rl-agents",
    department: "research",
    share: 5,
    users: ["quentin", "rosa", "sven"],
    quota: { h100: 8, "dev-l40s": 1 },
    pools: [
      ["h100", 7],
      ["a100", 3],
    ],
    models: ["ppo-maze", "dreamer", "grpo"],
    notebooks: 0.14,
    services: [],
  },
  {
    name: "recsys",
    department: "products",
    share: 12,
    users: ["tariq", "ulla", "vikram", "wanda", "xin"],
    quota: { h100: 10, a100: 12, "dev-l40s": 2 },
    pools: [
      ["h100", 6],
      ["a100", 4],
    ],
    models: ["dlrm", "two-tower", "ranker", "embeddings"],
    notebooks: 0.17,
    services: [service("ranker-online", "a100", 1, 3, 6), service("embeddings-api", "dev-l40s", 0.5, 2, 3)],
  },
  {
    name: "assistants",
    department: "products",
    share: 8,
    users: ["yara", "zoltan", "alba", "bruno"],
    quota: { h100: 14, a100: 4, "dev-l40s": 2 },
    pools: [
      ["h100", 7],
      ["a100", 3],
    ],
    models: ["chat-8b", "chat-70b", "reward", "guardrail"],
    notebooks: 0.15,
    services: [
      service("chat-70b-serve", "h100", 4, 2, 3),
      service("chat-8b-serve", "h100", 1, 2, 4),
      service("guardrail", "dev-l40s", 0.25, 2),
    ],
  },
  {
    name: "search-ranking",
    department: "products",
    share: 4,
    users: ["cyril", "dalia", "emil"],
    quota: { a100: 6, "dev-l40s": 1 },
    pools: [
      ["a100", 9],
      ["h100", 1],
    ],
    models: ["colbert", "bi-encoder", "reranker"],
    notebooks: 0.2,
    services: [service("reranker-api", "a100", 1, 2, 3)],
  },
  {
    name: "genomics",
    department: "life-sciences",
    share: 6,
    users: ["fatima", "goran", "helle"],
    quota: { a100: 10, "dev-l40s": 2 },
    pools: [
      ["h100", 3],
      ["a100", 7],
    ],
    models: ["enformer", "basecall", "variant-net"],
    notebooks: 0.24,
    services: [],
  },
  {
    name: "protein-design",
    department: "life-sciences",
    share: 6,
    users: ["ines", "jonas", "kaori"],
    quota: { h100: 8, a100: 4, "dev-l40s": 1 },
    pools: [
      ["h100", 6],
      ["a100", 4],
    ],
    models: ["openfold", "rfdiff", "esm-3b"],
    notebooks: 0.2,
    services: [],
  },
  {
    name: "medical-imaging",
    department: "life-sciences",
    share: 3,
    users: ["lena", "marek", "nadia"],
    quota: { a100: 4, "dev-l40s": 1 },
    pools: [["a100", 10]],
    models: ["seg3d", "ct-denoise", "mammo"],
    notebooks: 0.3,
    services: [service("triage-pilot", "dev-l40s", 0.5, 1, 1, 12)],
  },
  {
    name: "robotics",
    department: "autonomy",
    share: 5,
    users: ["omar", "petra", "rui"],
    quota: { h100: 4, a100: 4, "dev-l40s": 2 },
    pools: [
      ["h100", 6],
      ["a100", 4],
    ],
    models: ["vla-3b", "grasp-net", "diffusion-policy"],
    notebooks: 0.18,
    services: [],
  },
  {
    name: "perception",
    department: "autonomy",
    share: 4,
    users: ["sofia", "tomas", "uma"],
    quota: { h100: 4, a100: 2, "dev-l40s": 1 },
    pools: [
      ["h100", 5],
      ["a100", 5],
    ],
    models: ["bevformer", "lidar-seg", "occupancy"],
    notebooks: 0.16,
    services: [],
  },
  {
    name: "mlops",
    department: "platform",
    share: 1.5,
    users: ["viktor", "wei"],
    quota: { a100: 2, "dev-l40s": 2 },
    pools: [
      ["a100", 8],
      ["h100", 2],
    ],
    models: ["nccl-test", "ci-smoke", "image-build"],
    notebooks: 0.1,
    services: [service("model-gateway", "dev-l40s", 0.25, 2)],
  },
  {
    name: "sandbox",
    department: "platform",
    share: 2.5,
    users: ["yusuf", "zoe", "arne", "bianca", "carl", "dora"],
    quota: { "dev-l40s": 3 },
    pools: [
      ["dev-l40s", 8],
      ["a100", 2],
    ],
    models: ["tutorial", "hello-gpu", "course"],
    notebooks: 0.6,
    services: [],
  },
];
