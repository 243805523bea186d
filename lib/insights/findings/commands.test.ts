import { expect, it } from "vitest";
import { stopCommands } from "./commands.ts";

const commands = (type: string, name = "nb-1") => stopCommands({ name, type, project: "vision" }).map((c) => c.command);

it("says how the GPUs of a workload are freed, by its type", () => {
  expect(commands("Workspace")).toEqual([
    "runai workspace suspend nb-1 -p vision",
    "runai workload delete -p vision --type workspace nb-1",
  ]);
  expect(commands("Distributed")[0]).toBe("runai training pytorch suspend nb-1 -p vision");
  expect(commands("Inference")).toEqual(["runai workload delete -p vision --type inference nb-1"]);
  expect(commands("ReplicaSet")).toEqual([]);
});

it("never lets a name be more than a word of the shell", () => {
  expect(commands("Workspace", "a; rm -rf 'x'")[0]).toBe(`runai workspace suspend 'a; rm -rf '\\''x'\\''' -p vision`);
});
