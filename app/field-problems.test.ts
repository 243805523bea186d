import { describe, expect, it } from "vitest";
import { AppError, fieldError } from "@/lib/errors.ts";
import { refusalOf } from "./field-problems.ts";

const form = (given: Readonly<Record<string, string | File>>): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(given)) data.append(name, value);
  return data;
};

describe("a refusal of a form", () => {
  it("stands at the field, and is said once", () => {
    const { ok, message, fields } = refusalOf(
      fieldError("name", "A team needs a name."),
      form({ name: "", owner: "" }),
    );
    expect({ ok, message, fields }).toEqual({
      ...{ ok: false, message: "Not saved: one field needs a correction." },
      fields: { name: "A team needs a name." },
    });
  });

  it("goes by what the form calls the parts of the input", () => {
    const problems = { "rule.pattern": "It is empty.", "rule.teamKey": "Choose a team." };
    const error = new AppError("invalid", "Both.", { fields: problems });
    const names = { "rule.pattern": "pattern", "rule.teamKey": "team" };
    expect(refusalOf(error, form({ pattern: "" }), names)).toMatchObject({
      message: "Not saved: 2 fields need a correction.",
      fields: { pattern: "It is empty.", team: "Choose a team." },
    });
  });

  it("says in full what is about no field of the form", () => {
    const error = new AppError("invalid", "Line 3: no price.", {
      fields: { "drafts.3.unit_price": "no price.", title: "x" },
    });
    expect(refusalOf(error, form({ title: "" }))).toMatchObject({
      message: "Line 3: no price.",
      fields: { title: "x" },
    });
    expect(refusalOf(new AppError("conflict", "It is decided."), form({ title: "" }))).toMatchObject({
      ...{ message: "It is decided.", fields: {} },
    });
  });

  it("keeps the texts that were sent, and no file or password", () => {
    const secrets = { password: "correct horse", nextPasswordAgain: "correct horse" };
    const sent = form({ title: "Prices of 2027", file: new File(["x"], "x.csv"), ...secrets });
    expect(refusalOf(new AppError("invalid", "No."), sent).given).toEqual({ title: "Prices of 2027" });
  });
});
