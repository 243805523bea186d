/**
 * `node --import ./db/upgrade/testing-clock.mjs --import ./scripts/typescript.mjs …`: the machine's clock stands still, for workers too, at the instant of
 * LEDGER_CLOCK (milliseconds) or wherever `globalThis.ledgerClock` is moved to.
 */
globalThis.ledgerClock = Number(process.env.LEDGER_CLOCK ?? 0);
const Real = Date;
const now = () => globalThis.ledgerClock;

globalThis.Date = new Proxy(Real, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
  apply: () => new Real(now()).toString(),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});
