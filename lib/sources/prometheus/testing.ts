import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";

/** For tests only: a real Prometheus with made-up history. */
export interface TestPrometheus {
  readonly url: string;
  readonly pid: number;
  /** Stops the server and removes its files. */
  close(): Promise<void>;
}

export interface TestPrometheusOptions {
  /** OpenMetrics texts (instants in seconds; `# EOF` is added), a day or less each: promtool reads a text once per two hours of it. */
  readonly openmetrics?: readonly string[];
  /** The same as paths of files, which end with `# EOF`. */
  readonly files?: readonly string[];
  /** Contents of the web config: basic auth, TLS. Paths in it are absolute. */
  readonly webConfig?: string;
  readonly flags?: readonly string[];
}

/** Whether `prometheus` and `promtool` can be run here. */
export const hasPrometheus: boolean = ["prometheus", "promtool"].every(
  (command) => spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0,
);

/** As `describe`; without Prometheus one test that is skipped by name, or fails where CI is set. */
export function describeWithPrometheus(name: string, body: () => void): void {
  if (hasPrometheus) describe(name, body);
  else if (process.env.CI)
    it(name, () => {
      throw new Error("prometheus and promtool are not installed: run npm run test:setup.");
    });
  else it.skip(`${name} (prometheus is not installed: npm run test:setup)`, () => {});
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No free port.");
  return address.port;
}

/** Loads the history and starts the server on a free port of 127.0.0.1. */
export async function startPrometheus(options: TestPrometheusOptions = {}): Promise<TestPrometheus> {
  const directory = await mkdtemp(join(tmpdir(), "ledger-prometheus-"));
  const data = join(directory, "data");
  const files = [...(options.files ?? [])];
  for (const [i, text] of (options.openmetrics ?? []).entries()) {
    const file = join(directory, `${i}.om`);
    await writeFile(file, /# EOF\s*$/.test(text) ? text : `${text.trimEnd()}\n# EOF\n`);
    files.push(file);
  }
  for (const file of files) await run("promtool", ["tsdb", "create-blocks-from", "openmetrics", "-q", file, data]);
  await writeFile(join(directory, "prometheus.yml"), "");
  const web = join(directory, "web.yml");
  if (options.webConfig) await writeFile(web, options.webConfig);
  const port = await freePort();
  const server = spawn(
    "prometheus",
    [
      `--config.file=${join(directory, "prometheus.yml")}`,
      `--storage.tsdb.path=${data}`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
      ...(options.webConfig ? [`--web.config.file=${web}`] : []),
      ...(options.flags ?? []),
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const close = async () => {
    server.kill("SIGTERM");
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ready(server.stderr);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, pid: server.pid ?? 0, close };
}

/** The log shows when it is ready, whatever the web config requires of callers. */
async function ready(log: NodeJS.ReadableStream): Promise<void> {
  let seen = "";
  await new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`Prometheus did not start: ${seen.slice(-2000)}`));
    const timer = setTimeout(fail, 600_000);
    log.on("data", (chunk: Buffer) => {
      seen = (seen + chunk.toString()).slice(-20_000);
      if (!seen.includes("Server is ready to receive web requests")) return;
      clearTimeout(timer);
      resolve();
    });
    log.once("end", () => {
      clearTimeout(timer);
      fail();
    });
  });
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let seen = "";
  child.stderr.on("data", (chunk: Buffer) => {
    seen += chunk.toString();
  });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${seen}`);
}
