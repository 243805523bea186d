import { expect, it } from "vitest";
import { ruleOf } from "@/lib/insights/rules/index.ts";
import { adviceFor, stopCommands, workloadsPage } from "./commands.ts";

const workload = { name: "nb-1", type: "Workspace", project: "vision", source: "runai" };
const commands = (type: string, name = "nb-1") => stopCommands({ ...workload, name, type }).map((c) => c.command);

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

it("has no command and no page of Run:ai for workloads of another source", () => {
  expect(stopCommands({ ...workload, source: "kubernetes" })).toEqual([]);
  expect(workloadsPage("runai", "https://acme.run.ai/")).toBe("https://acme.run.ai/workloads");
  expect(workloadsPage("kubernetes", "https://acme.run.ai/")).toBeNull();
  expect(workloadsPage("runai", undefined)).toBeNull();
});

it("names the command in the advice to stop a workload, and in no other advice", () => {
  const idle = ruleOf("idle-held");
  expect(adviceFor(idle, workload)).toBe(`${idle.advice} Suspend: runai workspace suspend nb-1 -p vision`);
  expect(adviceFor(idle, { ...workload, source: "" })).toBe(idle.advice);
  expect(adviceFor(ruleOf("wrong-card"), workload)).toBe(ruleOf("wrong-card").advice);
});
