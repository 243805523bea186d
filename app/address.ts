import { plural } from "@/components/format.ts";
import type { Params } from "@/components/href.ts";
import { shortName, suggest } from "@/lib/reports/read/near-names.ts";

export interface AddressChoice {
  readonly value: string;
  /** What the reader sees; the value where absent. */
  readonly label?: string;
}

/** At most this many names are listed in a message; the page itself has the whole list. */
const MOST_TOLD = 12;
const MOST_PAGES = 1_000_000_000;

/**
 * What a page was asked for, read value by value. What cannot be understood counts as not given, and is reported in words: a
 * filter that is left out in silence would answer more than was asked. Every reader gives undefined for what is not there.
 */
export class Address {
  readonly #problems = new Map<string, string>();
  readonly params: Params;

  constructor(params: Params) {
    this.params = params;
  }

  /** What was not understood so far, with what a page shows instead, as one text; or null. */
  get notice(): string | null {
    return [...this.#problems.values()].join(" ") || null;
  }

  /** As `notice`, for an answer that shows nothing instead. */
  get refusal(): string | null {
    return [...this.#problems.keys()].join(" ") || null;
  }

  /** Remembers a problem, a sentence without its full stop; `instead`: what holds now; `there`: what there is. */
  say(problem: string, instead = "", there = ""): void {
    this.#problems.set(`${problem}.${there}`, `${problem}.${instead && ` ${instead}.`}${there}`);
  }

  /** Says which names of the address this page does not know, of those it does. */
  only(known: readonly string[]): void {
    for (const [name, value] of Object.entries(this.params))
      if (value && !known.includes(name))
        this.say(`This page does not know "${shortName(name)}"`, "", suggest(name, known));
  }

  /** A name's value of a few words that are ours; `instead` says what holds without it. */
  word<T extends string>(name: string, words: readonly T[], instead: string): T | undefined {
    const given = this.params[name];
    if (!given) return undefined;
    const found = words.find((w) => w === given);
    if (!found) this.say(`"${shortName(given)}" is no ${name} of this page`, instead, choicesText(given, words));
    return found;
  }

  /** A name's value of what there is to choose from, by value or by label. */
  choice(name: string, what: string, choices: readonly AddressChoice[], instead: string): string | undefined {
    const given = this.params[name];
    if (!given) return undefined;
    const label = (c: AddressChoice) => c.label ?? c.value;
    const found = choices.find((c) => c.value === given) ?? choices.find((c) => label(c) === given);
    if (!found) this.say(`There is no ${what} "${shortName(given)}"`, instead, choicesText(given, choices.map(label)));
    return found?.value;
  }

  /** Which page of a list, from 1. */
  page(name = "page"): number {
    const given = this.params[name];
    if (!given) return 1;
    if (/^\d{1,15}$/.test(given) && Number(given) >= 1) return Math.min(Number(given), MOST_PAGES);
    this.say(`"${shortName(given)}" is no page of a list`, "This is the first");
    return 1;
  }
}

function choicesText(given: string, names: readonly string[]): string {
  const few = suggest(given, names);
  if (few || names.length <= MOST_TOLD) return few;
  return ` There are ${plural(names.length, "name")} to choose from in the list.`;
}
