import { once } from "node:events";
import { openDb } from "@/db/client.ts";
import { jobViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY } from "@/lib/time.ts";
import { sendTo } from "./run.ts";
import { means, START } from "./testing-events.ts";

/**
 * Sends what is due in another process, which stands still before its `stop`-th request, or after it (`after`). Prints `reached` there,
 * and is killed: `node --import ./scripts/typescript.mjs lib/events/testing-child.ts <file> <destination> <stop> <before|after>`.
 */
const [file = "", key = "", stop = "", side = ""] = process.argv.slice(2);
const db = await openDb(`file:${file}`);
const usual = means();
let requests = 0;
const wait = async () => {
  console.log("reached");
  await once(process.stdin, "data");
};
const ctx = { db, now: () => START + 2 * DAY, viewer: jobViewer("events"), log: silentLog, ledger: testLedger() };
await sendTo(
  ctx,
  {
    ...usual,
    post: async (...request) => {
      const isStop = ++requests === Number(stop);
      if (isStop && side === "before") await wait();
      const reply = await usual.post(...request);
      if (isStop && side === "after") await wait();
      return reply;
    },
  },
  Number(key),
);
