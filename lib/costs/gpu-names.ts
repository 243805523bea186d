/** Who has instances or cards of such names, how they are written, and names as they are published. */
export interface GpuNames {
  readonly of: string;
  readonly kind: "instance" | "card" | "word";
  readonly pattern: RegExp;
  readonly examples: readonly string[];
}

/** Letters' case aside, not inside of a longer word; `8x` before a name and `x8` behind it count the cards. */
const named = (body: string): RegExp =>
  new RegExp(`(?<![a-z0-9])(?:\\d{1,2}x)?(?:${body})(?:x\\d{1,2})?(?![a-z0-9])`, "i");

const AWS_SIZE = String.raw`\.(?:\d{0,3}x?large|medium|metal(?:-\d+xl)?)`;
const AZURE_VERSION = String.raw`(?:[_ ](?:A10|A100|H100|H200|GB200|GB300|T4|RTXPRO6000BSE|MI300X|V620|V710))?(?:[_ ]v\d)?(?:[_ ]Promo)?`;

/**
 * Names by which a bill says that a line is GPU time. A cloud that is missing is one more entry; names of its price list are the
 * examples, and tests read each of them.
 */
export const GPU_NAMES: readonly GpuNames[] = [
  {
    of: "AWS",
    kind: "instance",
    pattern: named(
      String.raw`(?:p[2-9]|g[2-9]|gr\d|trn\d|inf\d|dl\d|f\d|vt\d)[a-z]{0,3}(?:-[a-z]{1,3}\d{3})?${AWS_SIZE}`,
    ),
    examples: [
      "p4d.24xlarge",
      "USE1-BoxUsage:g5.xlarge",
      "ml.p5.48xlarge",
      "p6-b200.48xlarge",
      "gr6.4xlarge",
      "trn1n.32xlarge",
      "g5g.metal",
    ],
  },
  {
    of: "Azure",
    kind: "instance",
    pattern: named(String.raw`(?:Standard[_ ])?N[CDGV]\d{1,3}[a-z]{0,6}${AZURE_VERSION}`),
    examples: ["Standard_ND96isr_H100_v5", "NC4as T4 v3", "NV12_Promo", "NC6s v3", "NV36adms A10 v5"],
  },
  {
    of: "Google Cloud",
    kind: "instance",
    pattern: named(
      String.raw`(?:a[234]x?-(?:highgpu|megagpu|ultragpu|edgegpu|maxgpu)-\d+g(?:-\w+)?|g[24]-standard-\d+|(?:A[234]X?|A3 ?Plus|A3 ?Ultra|G[24]) Instance (?:Core|Ram))`,
    ),
    examples: ["a2-highgpu-8g", "a3-megagpu-8g", "g2-standard-96", "A2 Instance Core running in Americas"],
  },
  {
    of: "Oracle",
    kind: "instance",
    pattern: named(String.raw`(?:BM|VM)\.GPU[\w.-]{0,30}`),
    examples: ["BM.GPU4.8", "VM.GPU.A10.1", "BM.GPU.A100-v2.8"],
  },
  {
    of: "IBM, Samsung, Alibaba, Tencent, Huawei",
    kind: "instance",
    pattern: named(
      String.raw`gx\d-\d+x\d+x\w+|g1v\d+[av]\d+|ecs\.(?:ebm|s|v)?gn\d[\w.-]{0,20}|GN\d{1,2}X?[a-z]{0,4}\.[\w]+|p[12]\w{0,2}\.\d?xlarge\.\d+`,
    ),
    examples: ["gx2-8x64x1v100", "g1v128a8", "ecs.gn7i-c8g1.2xlarge", "GN10X.2XLARGE40"],
  },
  {
    of: "OVHcloud, Scaleway",
    kind: "instance",
    pattern: named(String.raw`t[12]-(?:le-)?\d{2,3}|RENDER-S`),
    examples: ["t2-le-180", "t1-45", "RENDER-S"],
  },
  {
    of: "NVIDIA data centre",
    kind: "card",
    pattern: named(
      String.raw`(?:HGX|DGX)?[ -]?(?:[AHV]100|A800|H800|H20|H200|GH200|B100|B200|B300|GB200|GB300|GB10|K80|P100|L40S?|A10G|A10M|T4G(?!\.))(?:SXM\d?|NVL|PCIE|IB)?`,
    ),
    examples: [
      "A100-80Gx8",
      "gpu_8x_h100_sxm5",
      "H100x8",
      "V100-32G",
      "l40s",
      "intel-broadwell-v100_8x1v4gb",
      "NVIDIA GH200",
    ],
  },
  {
    of: "NVIDIA workstation",
    kind: "card",
    pattern: named(
      String.raw`(?:geforce|quadro|gtx|rtx|titan)[ _-]?(?:rtx|pro)?[ _-]?(?:a|v|p|t|m|k)?\d{3,4}[a-z]{0,3}|a(?:4000|4500|5000|5500|6000)|titan[ _-](?:rtx|xp?|v)`,
    ),
    examples: [
      "RTXA6000",
      "RTX 4060 Ti",
      "GTX 1080 Ti",
      "Quadro RTX 4000",
      "RTX PRO-A6000 SE",
      "sky-lake-a4500_16x2v8gb",
      "A6000",
    ],
  },
  {
    of: "AMD",
    kind: "card",
    pattern: named(String.raw`MI\d{2,3}[AX]?|(?:radeon|instinct|firepro)[ _-]?(?:pro[ _-]?)?\w{0,8}`),
    examples: ["AMD MI300X", "Radeon MI25", "Radeon Pro V520"],
  },
  {
    of: "Intel, AWS, Qualcomm, Xilinx",
    kind: "card",
    pattern: named(String.raw`gaudi\d?|HL-\d{3}|trainium\d?|inferentia\d?|AI100|virtex[ _-]ultrascale`),
    examples: ["Gaudi HL-205", "Trainium", "Inferentia", "Qualcomm AI100", "Virtex UltraScale (VU9P)"],
  },
  {
    of: "any",
    kind: "word",
    pattern: /(?<![a-z])(?:v?gpus?|nvidia|tesla|cuda)(?![a-z])/i,
    examples: ["GPU-3070-S", "gpu_1x_a10", "NVIDIA T4", "Tesla P40", "vGPU"],
  },
  {
    // Names that disks, machines without GPUs and other makers have, too.
    of: "NVIDIA, in few letters",
    kind: "word",
    pattern: named("A10|A16|A30|A40|L4|L20|M10|M60|P4|P40|T4"),
    examples: ["A40", "T4", "1x_L4_SECURE", "ice-lake-a40_4x1v2gb", "M60"],
  },
];

/** What says that a text is about disks or traffic, whatever else it names. */
const OTHER =
  /\b(?:[GT]i?B[- ]?(?:mo|month|hours?)|LRS|ZRS|GRS|snapshots?|disks?|volumes?|ssd|hdd|(?:block|object|file|blob|cold|archive) storage|egress|ingress|data transfer|bandwidth)\b/i;
/** Where a text goes on with what else a machine has. */
const PARTS = /[,;()+]|\b(?:with|including|incl|plus)\b/i;
/** Local disks of a machine, such as `8 x 1000 GB SSD`. */
const OWN_DISKS = /(?<=\S\s+)(?:\d{1,3} ?x ?)?[\d.]{1,6} ?[GT]i?B (?:(?:local|of|nvme) ){0,3}(?:ssds?|hdds?)\b/gi;

/** A text without what it says of disks and traffic; null: it is about them, for it begins with them. */
function withoutOther(text: string): string | null {
  const [first = "", ...rest] = text
    .replace(/(?<=\d),(?=\d{3}\b)/g, "")
    .replace(OWN_DISKS, "")
    .split(PARTS);
  return OTHER.test(first) ? null : [first, ...rest.filter((part) => !OTHER.test(part))].join(", ");
}

/** Azure's machines A1 to A11 and Google's, which have no GPUs. */
const MACHINE = /\b(?:Basic|Standard)[_ ]A\d|\bA\d+m?(?: v\d|\/A\d)/i;
/** What names only a card says too little of in a text of many words. */
const MOST_WORDS = 4;

const MOST_LETTERS = 400;
const MOST_KEPT = 20_000;
const known = new Map<string, string | null>();

/**
 * The instance or card that a text names, as it is written there; null: none. Names of few letters count in short texts alone, and
 * none does in a text about disks or traffic: of `P40 LRS Disk`, P40 is a size. Instances and cards count in a text that names its disks
 * behind them. Looks at the first 400 letters.
 */
export function findGpuName(text: string): string | null {
  const start = text.slice(0, MOST_LETTERS);
  const before = known.get(start);
  if (before !== undefined) return before;
  const found = search(start);
  if (known.size >= MOST_KEPT) known.clear();
  known.set(start, found);
  return found;
}

/** The whole of a name that has a card in it, such as an instance's. */
function wordAround(text: string, at: number, match: string): string {
  const before = /[\w.-]*$/.exec(text.slice(0, at))?.[0] ?? "";
  const after = /^[\w.-]*/.exec(text.slice(at + match.length))?.[0] ?? "";
  return `${before}${match}${after}`.trim();
}

function search(whole: string): string | null {
  const hasOther = OTHER.test(whole);
  const text = hasOther ? withoutOther(whole) : whole;
  if (text === null) return null;
  let word: string | null = null;
  for (const { kind, of, pattern } of GPU_NAMES) {
    const at = pattern.exec(text);
    if (!at) continue;
    const match = at[0];
    if (kind === "instance") return match;
    if (kind === "card") return wordAround(text, at.index, match);
    if (hasOther) continue;
    if (of === "any") word = text.length <= 60 ? text.trim() : match;
    else if (word === null && text.trim().split(/\s+/).length <= MOST_WORDS && !MACHINE.test(text)) word = match;
  }
  return word;
}
