import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Outcome>;
}

/** The command line in a process of its own, as a person or cron starts it; nothing of this process' settings but PATH and HOME. */
export function startLedger(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  uid?: number,
): Started {
  const { PATH, HOME } = process.env;
  const env = { NODE_ENV: "test" as const, PATH, HOME, ...settings };
  const child = spawn(process.execPath, ["--import", "./scripts/typescript.mjs", "cli/ledger.ts", ...args], {
    cwd: root,
    env,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (part) => (stdout += part));
  child.stderr.on("data", (part) => (stderr += part));
  const ended = new Promise<Outcome>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
  return { child, ended };
}

/** @param uid as another user of the machine, which only root can do. */
export const runLedger = (
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  uid?: number,
): Promise<Outcome> => startLedger(args, settings, uid).ended;
