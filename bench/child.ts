import { type ChildProcess, fork } from "node:child_process";
import type { TaskMessage } from "./task.ts";

export interface ChildOutcome<T> {
  readonly result: T;
  /** The most memory that the process had at once, in MB (10^6 bytes). */
  readonly peakMb: number;
}

function start(task: string, args: unknown): { child: ChildProcess; first: Promise<TaskMessage> } {
  const child = fork(new URL("./task.ts", import.meta.url), [task, JSON.stringify(args)], {
    execArgv: ["--import", "./scripts/typescript.mjs"],
  });
  const first = new Promise<TaskMessage>((resolve, reject) => {
    child.once("message", (message) => resolve(message as TaskMessage));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${task} ended with ${code} before it answered`)));
  });
  return { child, first };
}

/** Runs `<file>#<export>` of this folder in a process of its own, so that its memory is its own. @throws Error when it fails. */
export async function inChild<T>(task: string, args: unknown): Promise<ChildOutcome<T>> {
  const { child, first } = start(task, args);
  const message = await first;
  child.disconnect();
  if (message.error) throw new Error(`${task}: ${message.error}`);
  return { result: message.result as T, peakMb: message.peakMb };
}

/** The same for what keeps serving until it is closed. */
export async function serveInChild<T>(task: string, args: unknown): Promise<{ info: T; close(): Promise<void> }> {
  const { child, first } = start(task, args);
  const message = await first;
  if (message.error) throw new Error(`${task}: ${message.error}`);
  const close = () =>
    new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.kill("SIGTERM");
    });
  return { info: message.result as T, close };
}
