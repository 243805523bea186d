import { describe, expect, it } from "vitest";
import { REFERENCE_LEDGERS, type ReferenceLedger } from "./testing-orders.ts";
import { compareReferences, type Difference, writeReferences } from "./testing-references.ts";
import { runReference } from "./testing-run.ts";

/** `all`: the slow files too. `words`: writes the references again where only words differ. `figures`: whatever differs. */
const mode = process.env.UPGRADE_REFERENCES ?? "";
const everything = mode !== "";
/** Of work that takes seconds, minutes for everything, where nothing else runs. */
const timeout = everything ? 3_600_000 : 600_000;

const text = (list: readonly Difference[]): string =>
  list
    .map(({ name, figures, detail }) => `${name}${figures ? " (figures differ)" : " (words only)"}\n${detail}`)
    .join("\n\n");

/** References of the short run: without archives. */
const namesOf = ({ reading, correcting }: ReferenceLedger): string[] =>
  [...reading, ...correcting].flatMap(({ name, slow }) => (name && !slow ? [name] : []));

describe("a ledger of an earlier version", () => {
  it.each(REFERENCE_LEDGERS)(
    "$name: opens, adds up, and says in every file what it said",
    { timeout },
    async (ledger) => {
      const files = await runReference(ledger, everything);
      if (mode === "figures") return writeReferences(ledger, files);
      const { compared, wanted, differences } = await compareReferences(ledger, files, everything);
      if (mode === "words" && differences.every((d) => !d.figures)) return writeReferences(ledger, files);
      expect(text(differences)).toBe("");
      expect(compared).toBe(everything ? wanted : namesOf(ledger).length);
    },
  );
});
