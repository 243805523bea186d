import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

/**
 * Loaded into an attacked server before anything else: measures how long its main thread was held at once. A timer is due every few
 * milliseconds; how late it comes is the hold, less the time in which the thread could have run and other processes had the processor
 * (/proc/self/schedstat), for that says nothing of this server. SIGUSR2 writes what there was since the last one to HOLD_FILE.
 */
const EVERY_MS = 5;

const waitedMs = () => {
  try {
    return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
};

if (isMainThread && process.env.HOLD_FILE && process.argv[1]?.endsWith("start.mjs")) {
  let [at, waited, longestMs, turns] = [performance.now(), waitedMs(), 0, 0];
  setInterval(() => {
    const [now, nowWaited] = [performance.now(), waitedMs()];
    longestMs = Math.max(longestMs, now - at - EVERY_MS - (nowWaited - waited));
    [at, waited] = [now, nowWaited];
    turns++;
  }, EVERY_MS).unref();
  process.on("SIGUSR2", () => {
    const file = process.env.HOLD_FILE;
    writeFileSync(`${file}.part`, JSON.stringify({ longestMs, turns }));
    renameSync(`${file}.part`, file);
    [longestMs, turns] = [0, 0];
  });
}
