import { readFileSync } from "node:fs";

/** What a child process reports to its parent, once. */
export interface TaskMessage {
  readonly result?: unknown;
  readonly error?: string;
  readonly peakMb: number;
}

/** Linux counts a child's memory from its parent's before it was its own; the high-water mark in /proc does not. */
function peakMb(): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
    if (line) return (Number(line[1]) * 1024) / 1e6;
  } catch {
    // Not Linux.
  }
  return (process.resourceUsage().maxRSS * 1024) / 1e6;
}

const [task = "", args = "null"] = process.argv.slice(2);
const [file, name] = task.split("#");
const report = (message: Omit<TaskMessage, "peakMb">) => process.send?.({ ...message, peakMb: peakMb() });

try {
  const module = (await import(`./${file}.ts`)) as Record<string, (args: unknown) => Promise<unknown>>;
  const body = module[name ?? ""];
  if (!body) throw new Error("there is no such task");
  report({ result: await body(JSON.parse(args)) });
} catch (error) {
  report({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
