import type { Db, Tx } from "./client.ts";

/** Called wherever a process may be killed: `begun`, each `statement` and `written` of every transaction. */
export type Pass = (place: string) => void;

/**
 * Stands still for good when it comes to a place for the n-th time, once it has printed the name of the place: the test that
 * started the process kills it there.
 */
export function stopAt(word: string | undefined, times: number): Pass {
  let left = times;
  return (place) => {
    if (place !== word || --left > 0) return;
    console.log(place);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
}

/** The same object, but for what `methods` replace. */
const withMethods = <T extends object>(of: T, methods: Partial<Record<keyof T, unknown>>): T =>
  new Proxy(of, {
    get: (target, key) => {
      const own = methods[key as keyof T] ?? Reflect.get(target, key);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });

/** A database whose transactions pass each place. */
export const withStops = (db: Db, pass: Pass): Db =>
  withMethods(db, {
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
