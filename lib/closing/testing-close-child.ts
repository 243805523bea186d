import { type Db, openDb, type Tx } from "@/db/client.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { closePeriod } from "./close.ts";
import { SETTINGS } from "./testing-close.ts";

/**
 * A close in a process of its own that stands still at a place, to be killed there: `node --import ./scripts/typescript.mjs
 * lib/closing/testing-close-child.ts <file> <word> <times>`. Its places are `ready` when the ledger is open, `day` for each day
 * proven, `begun`, `statement` for each SQL statement and `written` in its transaction, `closed` at the end. Prints the word when it is there.
 */
const [file, word, times] = process.argv.slice(2);
let left = Number(times);
function pass(place: string): void {
  if (place !== word || --left > 0) return;
  console.log(place);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** The same object, but for what `methods` replace. */
const withMethods = <T extends object>(of: T, methods: Partial<Record<keyof T, unknown>>): T =>
  new Proxy(of, {
    get: (target, key) => {
      const own = methods[key as keyof T] ?? Reflect.get(target, key);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });

const db = await openDb(`file:${file}`);
const watched: Db = withMethods(db, {
  write: (body: (tx: Tx) => Promise<unknown>) =>
    db.write(async (tx) => {
      pass("begun");
      const then = async (statement: Promise<unknown>) => {
        const result = await statement;
        pass("statement");
        return result;
      };
      const result = await body(
        withMethods(tx, {
          run: (query: Parameters<Tx["run"]>[0]) => then(tx.run(query)),
          insert: (...args: Parameters<Tx["insert"]>) => then(tx.insert(...args)),
        }),
      );
      pass("written");
      return result;
    }),
});
pass("ready");
await closePeriod(ctxOf(watched), SETTINGS, { period: "2026-10" }, { onProgress: () => pass("day") });
pass("closed");
await db.close();
