import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";

/** Work that would never end, and listens. */
const WORK = `import { stopSignal } from "./app/stop-signal.ts";
const signal = stopSignal();
if (stopSignal() !== signal) throw new Error("two signals");
const timer = setInterval(() => {
  if (!signal.aborted) return;
  console.log("stopped");
  clearInterval(timer);
}, 10);
console.log("working");`;

it.each(["SIGTERM", "SIGINT"] as const)("work after an answer ends at %s", async (signal) => {
  const child = spawn(process.execPath, ["--import", "./scripts/typescript.mjs", "--input-type=module", "-e", WORK]);
  let said = "";
  child.stdout.on("data", (part) => {
    said += part;
    if (String(part).includes("working")) child.kill(signal);
  });
  const [code, killedBy] = (await once(child, "close")) as [number | null, string | null];
  expect([code, killedBy, said]).toEqual([0, null, "working\nstopped\n"]);
});
