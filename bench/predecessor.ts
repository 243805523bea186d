import type { Peers } from "@/lib/jobs/testing.ts";
import { formatInstant } from "@/lib/time.ts";
import { timed } from "./measure.ts";
import { MONTH, monthScenario, WORKLOADS } from "./month.ts";

/** The plan of the Run:ai metrics script: 1,000 samples of 15 s a window, 10 of its 12 types a call, every workload over the whole range. */
const WINDOW_SECONDS = 15_000;
const TYPES_A_CALL = 10;
const TYPES = [
  "GPU_ALLOCATION",
  "GPU_UTILIZATION",
  "GPU_MEMORY_USAGE_BYTES",
  "GPU_MEMORY_REQUEST_BYTES",
  "CPU_USAGE_CORES",
  "CPU_REQUEST_CORES",
  "CPU_LIMIT_CORES",
  "CPU_MEMORY_USAGE_BYTES",
  "CPU_MEMORY_REQUEST_BYTES",
  "CPU_MEMORY_LIMIT_BYTES",
  "POD_COUNT",
  "RUNNING_POD_COUNT",
];
const BATCHES = Math.ceil(TYPES.length / TYPES_A_CALL);
const WINDOWS = Math.ceil((MONTH.end - MONTH.start) / WINDOW_SECONDS);

export const PREDECESSOR_CALLS = WORKLOADS * WINDOWS * BATCHES;

/** Seconds that `calls` of the plan take, spread evenly over it, one after the other as one process sends them. */
export async function sample(peers: Peers, calls: number): Promise<number> {
  const ids = monthScenario(60).workloads.map((w) => w.id);
  const token = await tokenOf(peers);
  const { seconds } = await timed(async () => {
    for (let n = 0; n < calls; n++) {
      const at = Math.floor((n * PREDECESSOR_CALLS) / calls);
      const batch = at % BATCHES;
      const start = MONTH.start + (Math.floor(at / BATCHES) % WINDOWS) * WINDOW_SECONDS;
      const query = new URLSearchParams({
        metricType: TYPES.slice(batch * TYPES_A_CALL, (batch + 1) * TYPES_A_CALL).join(","),
        start: formatInstant(start),
        end: formatInstant(Math.min(start + WINDOW_SECONDS, MONTH.end)),
        numberOfSamples: "1000",
      });
      const id = ids[Math.floor(at / BATCHES / WINDOWS)];
      const answer = await fetch(`${peers.runaiUrl}/api/v1/workloads/${id}/metrics?${query}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (!answer.ok) throw new Error(`the simulator answered ${answer.status}`);
      await answer.json();
    }
  });
  return seconds;
}

async function tokenOf({ runaiUrl, credentials }: Peers): Promise<string> {
  const answer = await fetch(`${runaiUrl}/api/v1/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ grantType: "app_token", AppId: credentials.appId, AppSecret: credentials.appSecret }),
  });
  const { accessToken } = (await answer.json()) as { accessToken: string };
  return accessToken;
}
