import { type Db, openDb, type Tx } from "@/db/client.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { closePeriod } from "./close.ts";
import { SETTINGS } from "./testing-close.ts";

/**
 * A close in a process of its own, to be killed: `node --import ./scripts/typescript.mjs lib/closing/testing-close-child.ts <file>`. Prints `ready` when the
 * ledger is open, `day` for each day proven, `begun` and `written` in its transaction, `closed` at the end.
 */
const db = await openDb(`file:${process.argv[2]}`);
/** The store, which says where in a transaction it is and takes its time there. */
const slow: Db = new Proxy(db, {
  get: (target, key) => {
    if (key !== "write") {
      const value = Reflect.get(target, key) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    }
    return (body: (tx: Tx) => Promise<unknown>) =>
      target.write(async (tx) => {
        console.log("begun");
        const result = await body(tx);
        console.log("written");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
        return result;
      });
  },
});
console.log("ready");
await closePeriod(ctxOf(slow), SETTINGS, { period: "2026-10" }, { onProgress: () => console.log("day") });
console.log("closed");
await db.close();
