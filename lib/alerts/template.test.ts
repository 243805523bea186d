import { describe, expect, it } from "vitest";
import { fillTemplate, templateProblem } from "./template.ts";

const values = {
  ...{ title: "Vision passed its budget", summary: "$9 of $8 is spent.", rule: "Budgets", team: "Vision" },
  ...{ severity: "critical", change: "trigger", link: "https://ledger.example/budgets" },
  facts: [{ label: "Status", value: "Exceeded {title}" }],
};

describe("a template", () => {
  it("has its parts filled in once, also facts; what a value says is not a template", () => {
    expect(fillTemplate("[{severity}] {title} ({fact status}) {fact Nothing}", values)).toBe(
      "[critical] Vision passed its budget (Exceeded {title})",
    );
    expect(fillTemplate("{summary} Runbook: https://wiki/gpu", values)).toBe(
      "$9 of $8 is spent. Runbook: https://wiki/gpu",
    );
  });

  it.each([
    ["{title} and {fact GPU hours}", null],
    ["plain", null],
    ["{titel}", /\{titel\} is not known here: use \{title\}/],
    ["{constructor}", /not known/],
    ["{fact }", /not known/],
    ["{title", /not closed/],
    ["title}", /not closed/],
  ] as const)("%s", (text, problem) => {
    if (problem === null) expect(templateProblem(text)).toBeNull();
    else expect(templateProblem(text)).toMatch(problem);
  });
});
