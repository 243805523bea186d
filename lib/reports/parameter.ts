import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { shortName, suggest } from "./read/near-names.ts";

export interface Choice {
  readonly value: string;
  readonly label: string;
}

type Value = string | undefined;

/**
 * A parameter of a report besides its period. It is one object: the address of a page, the query of the API, the option of
 * the command line, the list to choose from, the file name and the document check all read it. Every one is in file names.
 */
export interface Parameter<T extends Value = Value> {
  /** In addresses and queries, as a command line option, and as a key of the values. Lower-case letters. */
  readonly name: string;
  /** Its name for people: `Team`. */
  readonly label: string;
  /** What it does, for the command line and the documents: `only what this team pays`. */
  readonly help: string;
  /** What holds while it is not given: `All teams`, `By day`. */
  readonly any: string;
  /** The value while it is not given. */
  readonly initial: T;
  /** The values to choose from, of what the viewer may see, except the initial one. */
  choices(ctx: Ctx): Promise<readonly Choice[]>;
  /** The value of a text. Whether something has this name is for the loader to find out. @throws AppError `invalid`. */
  parse(text: string | undefined): T;
}

/** The parameters of a report by their names. */
export type Parameters = Readonly<Record<string, Parameter>>;
export type Values<P extends Parameters = Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

type Words = Pick<Parameter, "name" | "label" | "help" | "any">;

/** A parameter that narrows a report to what has a name. */
export function nameFilter(words: Words & Pick<Parameter, "choices">): Parameter<string | undefined> {
  return {
    ...words,
    initial: undefined,
    parse(text) {
      if (text?.trim() !== "") return text;
      throw new AppError("invalid", `The filter "${words.name}" is empty: give a name, or leave it out.`);
    },
  };
}

/** A parameter with a few values, the first of which holds while none is given. `noun`: what a value is, in messages. */
export function oneOf<const T extends string>(
  words: Words & { readonly noun: string; readonly values: readonly [T, ...T[]] },
): Parameter<T> {
  const { noun, values, ...rest } = words;
  const [initial, ...others] = values;
  return {
    ...rest,
    initial,
    choices: async () => others.map((value) => ({ value, label: value })),
    parse(text) {
      const found = text === undefined ? initial : values.find((v) => v === text);
      if (found !== undefined) return found;
      const near = suggest(text ?? "", values);
      throw new AppError("invalid", `"${shortName(text ?? "")}" is not a ${noun}: use ${values.join(", ")}.${near}`);
    },
  };
}

/**
 * The value of each parameter of a report from what a person or program gave; undefined counts as not given.
 * A parameter that the report does not have is refused: ignoring it would return more than was asked for.
 * @throws AppError `invalid` naming the parameter and those there are.
 */
export function parseParameters<P extends Parameters>(
  { slug, parameters }: { readonly slug: string; readonly parameters: P },
  given: Readonly<Record<string, string | undefined>>,
): Values<P> {
  const names = Object.keys(parameters);
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && !Object.hasOwn(parameters, name))
      throw new AppError("invalid", `The report ${slug} has no filter "${shortName(name)}".${suggest(name, names)}`);
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [name, parameter.parse(given[name])]),
  ) as Values<P>;
}

/** The parameters whose value is not the initial one, as `[name, value]`, in the order of the report. */
export function givenValues({ parameters }: { readonly parameters: Parameters }, values: Values): [string, string][] {
  return Object.entries(parameters).flatMap(([name, { initial }]): [string, string][] => {
    const value = values[name];
    return value === undefined || value === initial ? [] : [[name, value]];
  });
}
