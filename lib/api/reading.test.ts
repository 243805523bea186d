import { describe, expect, it } from "vitest";
import { openapi } from "./openapi.ts";
import { readDocument } from "./reading.ts";

const tags = readDocument(openapi(), "https://ledger.example");
const operations = tags.flatMap((t) => t.operations);
const find = (path: string, method = "GET") => {
  const found = operations.find((o) => o.path === path && o.method === method);
  if (!found) throw new Error(`no ${method} ${path}`);
  return found;
};

describe("the document as a page shows it", () => {
  it("has every operation once, and none without words", () => {
    const paths = openapi().paths as Record<string, object>;
    expect(operations).toHaveLength(
      Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0),
    );
    for (const { path, summary, parameters } of operations) {
      expect([path, summary.length > 3]).toEqual([path, true]);
      expect(parameters.filter((p) => !p.description)).toEqual([]);
    }
    expect(tags.filter((t) => t.operations.length === 0)).toEqual([]);
  });

  it("flattens an answer, with the types of what references lead to", () => {
    const fields = Object.fromEntries(find("/api/v1/costs/summary").answer.map((f) => [f.name, f.type]));
    expect(fields).toMatchObject({
      "period.from": "instant",
      amount: "string or null",
      "teams[].name": "string",
      "teams[].change": "string or null",
      "compared.before_to": "day",
    });
  });

  it("says what may be asked, and how", () => {
    const trend = find("/api/v1/trends/costs");
    expect(trend.parameters.find((p) => p.name === "days")).toMatchObject({ type: "7, 30, 90", place: "query" });
    expect(trend.scope).toBe("read");
    expect(find("/api/v1/costs/team/{team}").command).toBe(
      `curl -H "Authorization: Bearer $TOKEN" 'https://ledger.example/api/v1/costs/team/{team}?period=this-month'`,
    );
    const sent = "-H 'Content-Type: application/json' -d @body.json";
    expect([find("/api/v1/budgets", "PUT").command, find("/api/v1/burst", "POST").command]).toEqual([
      `curl -X PUT -H "Authorization: Bearer $TOKEN" ${sent} 'https://ledger.example/api/v1/budgets'`,
      `curl -H "Authorization: Bearer $TOKEN" ${sent} 'https://ledger.example/api/v1/burst'`,
    ]);
    expect(find("/api/v1/alerts", "POST").body.map((f) => f.name)).toContain("alerts[].labels");
    expect(find("/api/v1/reports/cost-by-team").types).toEqual(["application/json", "text/csv"]);
  });
});
