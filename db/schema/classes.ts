import type { Kit } from "@/db/columns.ts";
import { CLASSES, type ClassProperty, type ClassUnit, classColumn, classProperty, LATER } from "@/lib/classes.ts";

type Figure = ReturnType<ReturnType<Kit["int"]>["notNull"]>;

/** A column for each class and unit, class by class: `downMilli: down_milli, downMicros: down_micros, …`. */
export function classColumns<U extends ClassUnit>(k: Kit, ...units: readonly U[]): Record<ClassProperty<U>, Figure> {
  const figure = (name: string, later: boolean) => {
    const column = k.int(name).notNull();
    return later ? column.default(0) : column;
  };
  return Object.fromEntries(
    CLASSES.flatMap((c) =>
      units.map((unit) => [classProperty(c, unit), figure(classColumn(c, unit), LATER.includes(c))]),
    ),
  ) as Record<ClassProperty<U>, Figure>;
}
