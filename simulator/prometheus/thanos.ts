import { createServer, type IncomingMessage } from "node:http";

/** How a Thanos Query answers. */
export interface ThanosSwitches {
  /** Only requests of this tenant are answered. */
  readonly tenant?: string;
  /** A store does not reply: a warning beside the rest, or an error for who refuses partial answers. */
  lostStore?: boolean;
  /** Raw samples before this instant are compacted away: only averages of five minutes are left. */
  readonly rawFrom?: number;
}

type Sample = [number, string];
interface Item {
  readonly metric: Record<string, string>;
  values?: Sample[];
  value?: Sample;
}

const BLOCK = 300;

/**
 * Thanos Query in front of a Prometheus of the simulator: two replicas, deduplication, partial answers, downsampled blocks, tenants.
 * @param behind the address of the Prometheus.
 */
export async function startThanos(
  behind: string,
  switches: ThanosSwitches,
): Promise<{ readonly url: string; readonly asked: URLSearchParams[]; stop(): Promise<void> }> {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const send = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    void handle(request).then(
      ({ status, body }) => send(status, body),
      (error: unknown) => send(500, { status: "error", errorType: "internal", error: String(error) }),
    );
  });

  async function handle(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const path = (request.url ?? "").replace(/\?.*/, "");
    if (switches.tenant !== undefined && request.headers["thanos-tenant"] !== switches.tenant)
      return { status: 403, body: { status: "error", errorType: "forbidden", error: "unknown tenant" } };
    if (path.endsWith("/status/buildinfo"))
      return {
        status: 200,
        body: { status: "success", data: { version: "0.36.1", revision: "r", goVersion: "go1.22" } },
      };
    const given = new URLSearchParams(await textOf(request));
    asked.push(given);
    if (switches.lostStore && given.get("partial_response") === "false")
      return {
        status: 503,
        body: { status: "error", errorType: "internal", error: "store 10.0.0.7:10901 is not reachable" },
      };
    const answer = await fetch(`${behind}${path}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: given.toString(),
    });
    const body = (await answer.json()) as { data?: { result: Item[] }; warnings?: string[] };
    if (body.data) body.data.result = changed(body.data.result, given, switches);
    if (switches.lostStore) body.warnings = ["store 10.0.0.7:10901 is not reachable"];
    return { status: answer.status, body };
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    ...{ url: `http://127.0.0.1:${port}`, asked },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Without a lost store's half of the series, at the resolution that was asked for, and once or for each replica. */
function changed(items: readonly Item[], given: URLSearchParams, { lostStore, rawFrom = 0 }: ThanosSwitches): Item[] {
  const isRaw = given.get("max_source_resolution") === "0s";
  const seen = lostStore ? items.filter((_, n) => n % 2 === 0) : items;
  const kept = seen.flatMap((item): Item[] => {
    if (item.value) return item.value[0] >= rawFrom || !isRaw ? [item] : [];
    const values = (item.values ?? []).flatMap(([at, value]): Sample[] =>
      at >= rawFrom ? [[at, value]] : isRaw ? [] : [[at, meanAround(item.values ?? [], at)]],
    );
    return values.length > 0 ? [{ ...item, values }] : [];
  });
  if (given.get("dedup") !== "false") return kept;
  return ["a", "b"].flatMap((replica) =>
    kept.map((item) => ({ ...item, metric: { ...item.metric, prometheus_replica: replica } })),
  );
}

function meanAround(values: readonly Sample[], at: number): string {
  const block = values.filter(([t]) => Math.floor(t / BLOCK) === Math.floor(at / BLOCK)).map(([, v]) => Number(v));
  return String(block.reduce((sum, v) => sum + v, 0) / block.length);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += part;
  return text;
}
