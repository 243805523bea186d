import { CLASSES, type ClassDefinition, describeClass, isClass } from "@/lib/classes.ts";
import type { Micros } from "@/lib/money.ts";
import type { StatementHeader } from "./types.ts";

/** What the GPU charges of a statement came to in one class. */
export interface ClassPart extends Pick<ClassDefinition, "label" | "meaning" | "look"> {
  readonly name: string;
  readonly micros: Micros;
}

/**
 * The classes of a statement, whatever version froze it: those of this version in their order, 0 where the statement does not
 * know one, then those that only the statement knows, by name. The parts sum to what was frozen.
 */
export function classParts({ classMicros }: Pick<StatementHeader, "classMicros">): ClassPart[] {
  const others = Object.keys(classMicros)
    .filter((name) => !isClass(name))
    .sort();
  return [...CLASSES, ...others].map((name) => ({ name, ...describeClass(name), micros: classMicros[name] ?? 0 }));
}

/** Those that something was paid for, as they are drawn: from working to nobody's, those of other versions last. */
export function paidParts(header: Pick<StatementHeader, "classMicros">): ClassPart[] {
  const paid = classParts(header).filter(({ micros }) => micros > 0);
  return [...paid.filter((p) => isClass(p.name)).reverse(), ...paid.filter((p) => !isClass(p.name))];
}
