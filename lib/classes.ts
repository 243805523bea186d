/**
 * The ten classes of a GPU-second (docs/accounting.md §4): what each is, who pays for it, how it is drawn, and the names that
 * its figures have in tables and rows. Everything else that lists classes is derived from here.
 */

/** How a class is drawn: one colour, one letter, one pattern, the same on every page and in every file. */
export interface ClassLook {
  /** In the light theme and in print, as `#1f5fc4`; app/globals.css has it beside that of the dark theme. */
  readonly colour: string;
  readonly letter: string;
  /** What app/globals.css and components/charts/class-patterns.tsx draw over the colour; empty: plain. */
  readonly pattern: string;
  /** The ink that can be read on the fill, in both themes. */
  readonly ink: "light" | "dark";
}

export interface ClassDefinition {
  readonly label: string;
  /** Whatever the thresholds; lib/metering/meanings.ts adds those in force. */
  readonly meaning: string;
  /** Who pays unless a policy says otherwise. */
  readonly payer: "platform" | "team";
  /** A workload may hold such time: it is part of its allocation. */
  readonly held: boolean;
  /** Held without doing anything: what reports call idle. */
  readonly idle?: true;
  /** Doing something, be it little. */
  readonly working?: true;
  /**
   * Added after ledgers were in use: its columns get the default 0, and a seal leaves it out where it is 0, so that what was
   * written without it stays as it was.
   */
  readonly later?: true;
  readonly look: ClassLook;
}

/** In the order in which the first match wins. */
const DEFINED = {
  // A workload's too, when its own node fails.
  down: {
    label: "Down",
    meaning: "The node was not ready, or the card was gone while its node was known.",
    payer: "platform",
    held: true,
    look: { colour: "#454d56", letter: "X", pattern: "cross", ink: "light" },
  },
  unknown: {
    label: "Unknown",
    meaning: "Nobody could see the node or card then.",
    payer: "platform",
    held: false,
    look: { colour: "#a9b1b9", letter: "?", pattern: "dots", ink: "dark" },
  },
  unallocated: {
    label: "Unallocated",
    meaning: "The card was free.",
    payer: "platform",
    held: false,
    look: { colour: "#dfe3e6", letter: "", pattern: "", ink: "dark" },
  },
  starting: {
    label: "Starting",
    meaning: "Allocated, before the first activity.",
    payer: "team",
    held: true,
    look: { colour: "#7ccfae", letter: "S", pattern: "", ink: "dark" },
  },
  "no-data": {
    label: "No data",
    meaning: "Allocated, but no utilisation sample covers it.",
    payer: "team",
    held: true,
    look: { colour: "#b4ae8e", letter: "N", pattern: "hatch", ink: "dark" },
  },
  "dead-idle": {
    label: "Dead idle",
    meaning: "No activity for a while, and almost no memory held.",
    payer: "team",
    held: true,
    idle: true,
    look: { colour: "#c8431a", letter: "D", pattern: "hatch-back", ink: "light" },
  },
  "idle-held": {
    label: "Idle, memory held",
    meaning: "No activity for a while, while holding memory.",
    payer: "team",
    held: true,
    idle: true,
    look: { colour: "#f2a52b", letter: "H", pattern: "hatch", ink: "dark" },
  },
  "warm-serving": {
    label: "Warm serving",
    meaning: "An inference workload waiting for requests.",
    payer: "team",
    held: true,
    look: { colour: "#b357a0", letter: "W", pattern: "", ink: "light" },
  },
  inefficient: {
    label: "Inefficient",
    meaning: "Active, but nearly all of the time at low utilisation.",
    payer: "team",
    held: true,
    working: true,
    look: { colour: "#8fbaf0", letter: "I", pattern: "", ink: "dark" },
  },
  active: {
    label: "Active",
    meaning: "Working.",
    payer: "team",
    held: true,
    working: true,
    look: { colour: "#1f5fc4", letter: "A", pattern: "", ink: "light" },
  },
} as const satisfies Readonly<Record<string, ClassDefinition>>;

export type UsageClass = keyof typeof DEFINED;
type ClassWith<F> = { [C in UsageClass]: (typeof DEFINED)[C] extends F ? C : never }[UsageClass];
export type HeldClass = ClassWith<{ readonly held: true }>;
type WorkingClass = ClassWith<{ readonly working: true }>;
export type IdleClass = ClassWith<{ readonly idle: true }>;
export type ObservableClass = ClassWith<{ readonly held: true; readonly payer: "team" }>;
export type CapacityClass = ClassWith<{ readonly payer: "platform" }>;

export const CLASS_DEFINITIONS: Readonly<Record<UsageClass, ClassDefinition>> = DEFINED;
export const CLASSES = Object.keys(DEFINED) as readonly UsageClass[];

const those = <C extends UsageClass>(test: (d: ClassDefinition) => boolean): readonly C[] =>
  CLASSES.filter((c): c is C => test(CLASS_DEFINITIONS[c]));
/** What workloads hold: the sum is their allocation. */
export const HELD = those<HeldClass>((d) => d.held);
/** Of it, what waits for nothing: warm inference is not idle. */
export const IDLE = those<IdleClass>((d) => d.idle === true);
/** Of it, what samples should cover: not what is down. */
export const OBSERVABLE = those<ObservableClass>((d) => d.held && d.payer === "team");
/** Of it, what does something. */
export const WORKING = those<WorkingClass>((d) => d.working === true);
/** What the platform pays for, unless a policy splits it. */
export const CAPACITY = those<CapacityClass>((d) => d.payer === "platform");
/** What old figures and seals know nothing of. */
export const LATER = those((d) => d.later === true);

export const isClass = (name: string): name is UsageClass => Object.hasOwn(DEFINED, name);

/** The definition of a class by its name, which may be of another version: one that this version lacks is named and drawn grey. */
export function describeClass(name: string): ClassDefinition {
  if (isClass(name)) return CLASS_DEFINITIONS[name];
  const words = name.replaceAll("-", " ");
  return {
    label: words.slice(0, 1).toUpperCase() + words.slice(1),
    meaning: "A class of another version of GPU Ledger.",
    payer: "team",
    held: true,
    look: { colour: "#8a8f94", letter: "", pattern: "", ink: "dark" },
  };
}

/** What a figure of a class counts: milli-GPU-seconds, or their price in micro-units of the ledger currency. */
export type ClassUnit = "milli" | "micros";
export const CLASS_UNITS: readonly ClassUnit[] = ["milli", "micros"];

type Camel<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
export type ClassProperty<
  U extends ClassUnit = ClassUnit,
  C extends UsageClass = UsageClass,
> = `${Camel<C>}${Capitalize<U>}`;
/** A figure by class. */
export type ClassAmounts = Record<UsageClass, number>;
/** The same as properties of a row: `activeMilli`, `activeMicros` and so on. */
export type ClassRow<U extends ClassUnit = ClassUnit, C extends UsageClass = UsageClass> = Record<
  ClassProperty<U, C>,
  number
>;

/** A class in the names of columns: `dead_idle`. */
export const classKey = (c: UsageClass): string => c.replaceAll("-", "_");
/** The column of a table that holds a class: `dead_idle_milli`. */
export const classColumn = (c: UsageClass, unit: ClassUnit): string => `${classKey(c)}_${unit}`;

const PROPERTIES = Object.fromEntries(
  CLASS_UNITS.map((unit) => [
    unit,
    Object.fromEntries(
      CLASSES.map((c) => [c, `${c}-${unit}`.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())]),
    ),
  ]),
) as { readonly [U in ClassUnit]: Readonly<Record<UsageClass, string>> };
/** The property of a row that holds a class: `deadIdleMilli`. */
export const classProperty = <U extends ClassUnit, C extends UsageClass>(c: C, unit: U): ClassProperty<U, C> =>
  PROPERTIES[unit][c] as ClassProperty<U, C>;
/** Every property of ClassRow, class by class. */
export const CLASS_PROPERTIES: readonly ClassProperty[] = CLASSES.flatMap((c) =>
  CLASS_UNITS.map((unit) => classProperty(c, unit)),
);

/** SQL text: the sum of some classes of one row, `(u.dead_idle_milli + u.idle_held_milli)`. */
export function sumSql(classes: readonly UsageClass[], unit: ClassUnit, alias = ""): string {
  const of = alias && `${alias}.`;
  return `(${classes.map((c) => of + classColumn(c, unit)).join(" + ")})`;
}

/**
 * SQL text: some classes summed over rows, each under its property: `cast(sum(u.active_milli) as bigint) as "activeMilli", …`.
 * @param type `text` for amounts of any size; `double precision` for amounts that a page rounds: exact up to nine billion, as any number.
 */
export const selectSums = (
  classes: readonly UsageClass[],
  unit: ClassUnit,
  alias: string,
  type: "bigint" | "text" | "double precision" = "bigint",
): string =>
  classes
    .map((c) => `cast(sum(${alias}.${classColumn(c, unit)}) as ${type}) as "${classProperty(c, unit)}"`)
    .join(", ");

/** The sum of some classes of one row. */
export function sumOf<U extends ClassUnit, C extends UsageClass>(
  row: Readonly<ClassRow<U, C>>,
  classes: readonly C[],
  unit: U,
): number {
  let sum = 0;
  for (const c of classes) sum += row[classProperty(c, unit)];
  return sum;
}

/** A figure for each class. */
export function byClass(figure: (c: UsageClass) => number): ClassAmounts {
  const out: Partial<ClassAmounts> = {};
  for (const c of CLASSES) out[c] = figure(c);
  return out as ClassAmounts;
}
export const zeroClasses = (): ClassAmounts => byClass(() => 0);
/** The sum of a figure over some classes. */
export function sumClasses<C extends UsageClass>(amounts: Readonly<Record<C, number>>, classes: readonly C[]): number {
  let sum = 0;
  for (const c of classes) sum += amounts[c];
  return sum;
}

const MILLIS = CLASSES.map((c) => classProperty(c, "milli"));
const zeros = (properties: readonly string[]) => Object.fromEntries(properties.map((p) => [p, 0]));
const [ZERO_ROW, ZERO_MILLIS] = [zeros(CLASS_PROPERTIES) as ClassRow, zeros(MILLIS) as ClassRow<"milli">];
export const zeroRow = (): ClassRow => ({ ...ZERO_ROW });
export const zeroMillis = (): ClassRow<"milli"> => ({ ...ZERO_MILLIS });

/** The classes of a row that has other figures beside them. */
export function pickClasses(row: Readonly<ClassRow>): ClassRow {
  const out = zeroRow();
  for (const property of CLASS_PROPERTIES) out[property] = row[property];
  return out;
}
export function pickMillis(row: Readonly<ClassRow<"milli">>): ClassRow<"milli"> {
  const out = zeroMillis();
  for (const property of MILLIS) out[property] = row[property];
  return out;
}
