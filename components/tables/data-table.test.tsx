import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { parse as parseHtml } from "node-html-parser";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { csvChunks } from "@/lib/exports/csv.ts";
import { count, drawn, gpuHours, moneyIn, text } from "./columns.ts";
import { DataTable } from "./data-table.tsx";
import { fieldRow, plainView, sortRows, type TableColumn, type TableView } from "./view.ts";

interface Job {
  readonly name: string;
  readonly user: string;
  readonly milli: number | null;
  readonly micros: number | null;
}
const COLUMNS: readonly TableColumn<Job>[] = [
  text("name", "Job", (j) => j.name, { link: (j) => `/jobs/${j.name}`, note: (j) => j.user }),
  text("user", "User", (j) => j.user, { look: ["cut"], unknown: "No source names a user" }),
  gpuHours("hours", "GPU-hours", (j) => j.milli, { total: true }),
  moneyIn("USD")("cost", "Cost", (j) => j.micros, { total: true, lead: true, look: ["strong"] }),
  drawn("act", "Act", () => "Stop"),
];
const JOBS: readonly Job[] = [
  { name: "train", user: "ada", milli: 7_200_000, micros: 5_000_000 },
  { name: "idle", user: "", milli: 3_600_000, micros: null },
];
const at = { path: "/jobs", params: { period: "today" } };
const viewOf = (more: Partial<TableView<Job>> = {}): TableView<Job> => ({ ...plainView("Jobs", COLUMNS), ...more });
const draw = (view: TableView<Job>, rows = JOBS) =>
  parseHtml(renderToStaticMarkup(<DataTable view={view} rows={rows} />));
const texts = (html: ReturnType<typeof draw>, selector: string) => html.querySelectorAll(selector).map((n) => n.text);

describe("the table on a page", () => {
  it("prints each value by its unit, links the name, and says what is not known", () => {
    const html = draw(viewOf());
    expect(texts(html, "tbody tr:first-child td")).toEqual(["trainada", "ada", "2.00", "$5.00", "Stop"]);
    expect(texts(html, "tbody tr:last-child td")).toEqual(["idle", "–", "1.00", "–", "Stop"]);
    expect(html.querySelector("td a")?.getAttribute("href")).toBe("/jobs/train");
    expect(html.querySelectorAll("td")[6]?.getAttribute("title")).toBe("No source names a user");
    expect(html.querySelectorAll("td")[2]?.getAttribute("title")).toBe("2.000000 GPU-hours");
  });

  it("sums what adds up in its last row, by the name that it is given", () => {
    expect(texts(draw(viewOf()), "tfoot td")).toEqual(["All", "", "3.00", "$5.00", ""]);
    expect(texts(draw(viewOf(), JOBS.slice(0, 1)), "tfoot td")).toEqual([]);
  });

  it("names the places of its looks once, and gives its cells no class", () => {
    const html = draw(viewOf());
    const table = html.querySelector("table");
    expect(["num", "cut", "strong", "lead"].map((look) => table?.getAttribute(`data-${look}`))).toEqual([
      "3 4",
      "2",
      "4",
      "4",
    ]);
    expect(html.querySelectorAll("td[class], tr[class], th[class]")).toHaveLength(0);
    const chosen = draw(viewOf({ columns: COLUMNS.filter((c) => c.key !== "user") }));
    expect(chosen.querySelector("table")?.getAttribute("data-num")).toBe("2 3");
  });

  it("leads with an amount under its label where the row has others", () => {
    const lead = (more: object) => moneyIn("USD")<Job>("sum", "Expected", (j) => j.micros, { lead: true, ...more });
    const styleOf = (more: object) =>
      draw(viewOf({ columns: [...COLUMNS, lead(more)] }))
        .querySelector("table")
        ?.getAttribute("style") ?? "";
    const label = `--c${COLUMNS.length + 1}:&quot;Expected&quot;`;
    expect([styleOf({ labelled: true }).includes("Expected"), styleOf({}).includes("Expected")]).toEqual([true, false]);
    expect(styleOf({ labelled: true }).replaceAll('"', "&quot;")).toContain(label);
  });

  it("sorts by links that keep the rest of the address; without an address its heads are plain", () => {
    const sorted = draw(viewOf({ at, sort: "hours", descending: true }));
    expect(sorted.querySelector("th[aria-sort=descending]")?.text).toBe("GPU-hours");
    expect(sorted.querySelectorAll("th a").map((a) => a.getAttribute("href"))).toEqual([
      "/jobs?period=today&sort=name&dir=asc",
      "/jobs?period=today&sort=user&dir=asc",
      "/jobs?period=today&sort=hours&dir=asc",
      "/jobs?period=today&sort=cost&dir=desc",
    ]);
    expect(draw(viewOf()).querySelectorAll("th a")).toHaveLength(0);
  });

  it("has what it is given in place of no rows", () => {
    expect(renderToStaticMarkup(<DataTable view={viewOf()} rows={[]} empty={<p>No job ran.</p>} />)).toBe(
      "<p>No job ran.</p>",
    );
  });
});

describe("the file of a table", () => {
  const job = fc.record({
    name: fc.string({ minLength: 1 }),
    user: fc.string(),
    milli: fc.option(fc.nat({ max: 1e12 })),
    micros: fc.option(fc.integer({ min: -1e12, max: 1e12 })),
  });
  const choice = fc.record({
    keys: fc.subarray(["user", "hours", "cost", "act"]),
    sort: fc.constantFrom("name", "user", "hours", "cost"),
    descending: fc.boolean(),
  });

  it("has the rows and columns of the page, in its order, exactly", async () => {
    const money = (micros: number | null) => (micros === null ? "" : (micros / 1e6).toFixed(6));
    await fc.assert(
      fc.asyncProperty(
        fc.array(job, { minLength: 1, maxLength: 12 }),
        choice,
        async (jobs, { keys, sort, descending }) => {
          const columns = COLUMNS.filter((c) => c.key === "name" || keys.includes(c.key));
          const view = viewOf({ columns, sort, descending, at });
          const shown = sortRows(jobs, view);
          const fields = columns.flatMap((c) => c.fields);
          const pages = (async function* () {
            yield shown.map((row) => fieldRow(columns, row));
          })();
          let csv = "";
          for await (const chunk of csvChunks(fields, pages)) csv += chunk;
          const [header, ...lines] = parse(csv, { bom: true, relax_column_count: false }) as string[][];
          expect(header).toEqual(fields.map((f) => f.header));
          expect(lines).toHaveLength(shown.length);
          const html = draw(view, shown);
          expect(html.querySelectorAll("tbody tr")).toHaveLength(lines.length);
          const heads = html.querySelectorAll("th").map((th) => th.text);
          expect(heads).toEqual(columns.map((c) => c.label));
          const cost = header?.indexOf("cost_usd") ?? -1;
          if (cost >= 0)
            expect(lines.map((l) => Number(l[cost] || "0").toFixed(6))).toEqual(
              shown.map((j) => money(j.micros) || "0.000000"),
            );
          // What is on hover is the figure of the file.
          const place = columns.findIndex((c) => c.key === "hours") + 1;
          if (place > 0)
            expect(
              html
                .querySelectorAll(`tbody td:nth-child(${place})`)
                .map((td) => td.getAttribute("title")?.split(" ")[0] ?? ""),
            ).toEqual(lines.map((l) => l[header?.indexOf("hours") ?? -1] ?? ""));
        },
      ),
      { numRuns: 60, seed: 17 },
    );
  });

  it("leaves out columns that are only drawn", () => {
    expect(fieldRow([COLUMNS[4] as TableColumn<Job>], JOBS[0] as Job)).toEqual({});
    expect(count<Job>("n", "N", () => 1).fields[0]?.header).toBe("n");
  });
});
