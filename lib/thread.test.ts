import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Thread } from "./thread.ts";

/** Doubles numbers, late for odd ones; reports what is not a number, and exits when it is asked to. */
const DOUBLES = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", (message) => {
    if (message === "end") return parentPort.close();
    const { id, question } = message;
    if (question === "exit") process.exit(3);
    if (question === "throw") throw new Error("broken");
    if (typeof question !== "number")
      return parentPort.postMessage({ id, problem: { message: "not a number", code: "E_KIND" } });
    const answer = () => parentPort.postMessage({ id, answer: question * 2 });
    if (question % 2) setTimeout(answer, 20);
    else answer();
  });`;
const start = () => new Thread<unknown, number>(new Worker(DOUBLES, { eval: true }), "the thread that doubles");

describe("a thread", () => {
  it("answers each question by itself, in whatever order", async () => {
    const thread = start();
    const asked = [1, 2, 3, 4].map((n) => thread.ask(n));
    expect(thread.waiting).toBe(4);
    expect(await Promise.all(asked)).toEqual([2, 4, 6, 8]);
    expect(thread.waiting).toBe(0);
    await thread.end();
  });

  it("reports what is wrong with a question, with its code, and goes on", async () => {
    const thread = start();
    await expect(thread.ask("x")).rejects.toMatchObject({ message: "not a number", code: "E_KIND" });
    await expect(thread.ask(() => 1)).rejects.toThrow("could not be cloned");
    expect(thread.waiting).toBe(0);
    expect(await thread.ask(5)).toBe(10);
    await thread.end();
  });

  it.each([
    ["exit", "the thread that doubles ended"],
    ["throw", "broken"],
  ])("that ends by itself (%s) lets nobody wait, and says that it has ended", async (how, message) => {
    const thread = start();
    const waiting = [thread.ask(how), thread.ask(1)];
    for (const question of waiting) await expect(question).rejects.toThrow(message);
    await expect.poll(() => thread.ended).toBe(true);
    await expect(thread.ask(1)).rejects.toThrow("ended");
    await thread.end();
  });

  it("answers what it was asked before it ends", async () => {
    const thread = start();
    const asked = thread.ask(8);
    await thread.end();
    expect(await asked).toBe(16);
    expect(thread.ended).toBe(true);
  });
});
