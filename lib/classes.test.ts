import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import {
  CAPACITY,
  CLASS_DEFINITIONS,
  CLASS_PROPERTIES,
  CLASSES,
  classColumn,
  classProperty,
  describeClass,
  HELD,
  IDLE,
  OBSERVABLE,
  pickClasses,
  selectSums,
  sumClasses,
  sumOf,
  sumSql,
  WORKING,
  zeroClasses,
  zeroMillis,
  zeroRow,
} from "./classes.ts";

it("has the classes of docs/accounting.md, in their order", () => {
  const rows = readFileSync("docs/accounting.md", "utf8").matchAll(/^\| `([a-z-]+)` \| [^|]+ \|$/gm);
  expect([...rows].map(([, name]) => name)).toEqual(CLASSES);
});

it("says which classes are held, idle, sampled, at work and of nobody", () => {
  expect(CAPACITY).toEqual(["down", "unknown", "unallocated"]);
  expect(IDLE).toEqual(["dead-idle", "idle-held"]);
  expect(WORKING).toEqual(["inefficient", "active"]);
  // A workload holds what goes down with its node; no sample can cover that.
  expect(HELD).toEqual(["down", ...OBSERVABLE]);
  expect([...OBSERVABLE, ...CAPACITY].sort()).toEqual([...CLASSES].sort());
});

it("names columns, properties and sums", () => {
  expect(classColumn("dead-idle", "milli")).toBe("dead_idle_milli");
  expect(classProperty("dead-idle", "micros")).toBe("deadIdleMicros");
  expect(classProperty("down", "milli")).toBe("downMilli");
  expect(CLASS_PROPERTIES.slice(0, 3)).toEqual(["downMilli", "downMicros", "unknownMilli"]);
  expect(sumSql(IDLE, "milli", "u")).toBe("(u.dead_idle_milli + u.idle_held_milli)");
  expect(sumSql(IDLE, "micros")).toBe("(dead_idle_micros + idle_held_micros)");
  expect(selectSums(["no-data"], "milli", "u")).toBe('cast(sum(u.no_data_milli) as bigint) as "noDataMilli"');
});

it("sums some classes of a row, and of figures by class", () => {
  const row = { ...zeroRow(), deadIdleMilli: 5, deadIdleMicros: 7, idleHeldMilli: 11, activeMilli: 100 };
  expect(sumOf(row, IDLE, "milli")).toBe(16);
  expect(sumOf(row, IDLE, "micros")).toBe(7);
  expect(sumOf(row, CLASSES, "milli")).toBe(116);
  const amounts = { ...zeroClasses(), "dead-idle": 5, "idle-held": 11, active: 100 };
  expect([sumClasses(amounts, IDLE), sumClasses(amounts, CLASSES)]).toEqual([16, 116]);
  const { deadIdleMicros, ...rest } = pickClasses({ ...row, day: 20261001 } as typeof row);
  expect([deadIdleMicros, Object.keys(rest)]).toEqual([7, CLASS_PROPERTIES.filter((p) => p !== "deadIdleMicros")]);
});

it("gives a row of its own each time", () => {
  zeroMillis().activeMilli += 1;
  zeroRow().activeMilli += 1;
  expect([zeroMillis().activeMilli, zeroRow().activeMilli]).toEqual([0, 0]);
});

it("describes a class of another version by its name", () => {
  expect(describeClass("active").label).toBe("Active");
  expect(describeClass("power-capped")).toMatchObject({ label: "Power capped", look: { pattern: "" } });
  expect(describeClass("constructor").label).toBe("Constructor");
});

it("has the colours of app/globals.css, each in both themes", () => {
  const css = readFileSync("app/globals.css", "utf8");
  const tokens = [...css.matchAll(/--class-([a-z-]+): light-dark\((#[0-9a-f]{6}), #[0-9a-f]{6}\)/g)];
  const colours = Object.fromEntries(tokens.map(([, name, light]) => [name, light]));
  expect(colours).toEqual(Object.fromEntries(CLASSES.map((c) => [c, CLASS_DEFINITIONS[c].look.colour])));
});
