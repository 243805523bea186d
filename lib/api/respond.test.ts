import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { localViewer, type Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { silentLog } from "@/lib/log.ts";
import { getReport } from "@/lib/reports/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { parseReportRequest } from "./report-request.ts";
import { respondError, respondFile, respondStream } from "./respond.ts";

describe("respondError", () => {
  it.each([
    [new AppError("invalid", "no such day"), 400, "invalid", "no such day"],
    [new AppError("too_large", "larger than 4 MiB"), 413, "too_large", "larger than 4 MiB"],
    [new AppError("forbidden", "not yours"), 403, "forbidden", "not yours"],
    [new AppError("not_found", "no such report"), 404, "not_found", "no such report"],
    [new AppError("source_unavailable", "Run:ai is away"), 503, "source_unavailable", "Run:ai is away"],
    [new AppError("internal", "table usage is damaged"), 500, "internal", "Something went wrong"],
    [new Error("password=hunter2"), 500, "internal", "Something went wrong"],
  ])("%s is %d", async (error, status, code, message) => {
    const response = respondError(error, silentLog);
    expect(response.status).toBe(status);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.json()).toEqual({ error: { code, message: expect.stringContaining(message) } });
  });
});

let db: Db;
beforeAll(async () => {
  db = await openSqlite(":memory:");
});
afterAll(() => db.close());
const who = (viewer: Viewer = localViewer) => ({ viewer, log: silentLog, now: () => 1_790_000_000, db });

const GET = new Request("http://127.0.0.1/");

describe("a body that nobody reads", () => {
  async function* chunks(left: string[] = []) {
    try {
      yield "a";
      yield "b";
    } finally {
      left.push("left");
    }
  }
  const never = (asking: Request) => respondFile(chunks(), "csv", "x.csv", who(), asking);

  it("of HEAD is not made, holds no turn and is no download on record", async () => {
    const person: Viewer = { ...localViewer, kind: "person", id: "head@example.com" };
    for (let i = 0; i < 5; i++) {
      const left: string[] = [];
      const head = new Request("http://127.0.0.1/", { method: "HEAD" });
      const { body, status, headers } = await respondFile(chunks(left), "csv", "x.csv", who(person), head);
      expect([body, status, headers.get("content-type"), left]).toEqual([null, 200, expect.any(String), ["left"]]);
    }
    expect((await listActs(db, 100)).filter((act) => act.actorId === person.id)).toEqual([]);
  });

  it("of a reader who goes, before or after it began, gives its turn back and ends what made it", async () => {
    for (let i = 0; i < 3; i++) {
      await never(new Request("http://127.0.0.1/", { signal: AbortSignal.abort() }));
      const going = new AbortController();
      const left: string[] = [];
      const asking = new Request("http://127.0.0.1/", { signal: going.signal });
      await respondFile(chunks(left), "csv", "x.csv", who(), asking);
      going.abort();
      await expect.poll(() => left).toEqual(["left"]);
    }
  });
});

describe("respondFile", () => {
  it("streams, names the file and forbids guessing its type", async () => {
    async function* chunks() {
      yield "a,b\r\n";
      yield "1,é\r\n";
    }
    const response = await respondFile(chunks(), "csv", "capacity_all_2026-10.csv", who(), GET);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": 'attachment; filename="capacity_all_2026-10.csv"',
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    expect(await response.text()).toBe("a,b\r\n1,é\r\n");
  });

  it("fails before it starts when the first chunk does, and is cut short when a later one does", async () => {
    async function* chunks(failAt: number) {
      for (let i = 0; ; i++) {
        if (i === failAt) throw new Error("the disk is gone");
        yield "line\r\n";
      }
    }
    await expect(respondFile(chunks(0), "csv", "x.csv", who(), GET)).rejects.toThrow("the disk is gone");
    await expect((await respondFile(chunks(2), "csv", "x.csv", who(), GET)).text()).rejects.toThrow();
  });

  it("stops reading when the client goes away", async () => {
    let stopped = false;
    async function* chunks() {
      try {
        for (;;) yield "line\r\n";
      } finally {
        stopped = true;
      }
    }
    const response = await respondFile(chunks(), "csv", "x.csv", who(), GET);
    await response.body?.cancel();
    expect(stopped).toBe(true);
  });
});

describe("parseReportRequest", () => {
  const parse = (slug: string, query: string) =>
    parseReportRequest(getReport(slug), new URLSearchParams(query), testLedger().calendar, 0);

  it("takes a period, a format and the report's filters", () => {
    expect(parse("utilization", "month=2026-10&format=csv&project=vision&user=ada")).toMatchObject({
      format: "csv",
      period: { label: "2026-10" },
      parameters: { project: "vision", user: "ada" },
    });
    expect(parse("capacity", "from=2026-10-01&to=2026-10-02")).toMatchObject({ format: "json", parameters: {} });
  });

  it.each([
    ["utilization", "projct=vision", 'no filter "projct". Did you mean "project"?'],
    ["capacity", "project=vision", 'The report capacity has no filter "project".'],
    ["utilization", "project=", 'The filter "project" is empty'],
    ["utilization", "project=a&project=b", '"project" is given twice'],
    ["utilization", "format=xlsx", '"xlsx" is not a format: use csv or json'],
    ["utilization", "from=2026-10-01", "The period has no end"],
  ])("%s?%s is refused: what is ignored would return more than was asked for", (slug, query, message) => {
    expect(() => parse(slug, query)).toThrow(message);
  });
});

describe("the record of downloads", () => {
  const files = async () =>
    (await listActs(db, 50))
      .map((a) => [a.actorId, a.action, a.subject].join(" "))
      .filter((a) => a.includes("download"));
  async function* chunks(fails = false) {
    if (fails) throw new AppError("forbidden", "not yours");
    yield "a";
  }

  it("has files of what is everybody's, and neither people's own nor what was refused", async () => {
    const person: Viewer = { kind: "person", id: "fin@example.com", roles: ["finance"], projects: "all" };
    await (await respondFile(chunks(), "csv", "cost-by-team_2026-10.csv", who(person), GET)).text();
    await (
      await respondFile(chunks(), "csv", "x.csv", who({ ...person, id: "ada@example.com", projects: [] }), GET)
    ).text();
    await (await respondFile(chunks(), "csv", "x.csv", who(localViewer), GET)).text();
    await (await respondFile(chunks(), "csv", "audit.csv", who(person), GET, true)).text();
    await expect(respondFile(chunks(true), "csv", "x.csv", who(person), GET)).rejects.toThrow("not yours");
    expect(await files()).toEqual(["fin@example.com download file/cost-by-team_2026-10.csv"]);
  });
});

describe("files of one person", () => {
  const WHO_ELSE: Viewer = { ...localViewer, id: "bo@example.com" };
  async function* slow() {
    yield "a";
    yield "b";
  }
  const begin = (viewer = localViewer) => respondFile(slow(), "csv", "x.csv", who(viewer), GET);

  it("are made two at a time; the third is asked to wait, and nobody else is", async () => {
    const [one, two] = [await begin(), await begin()];
    await expect(begin()).rejects.toMatchObject({ code: "busy" });
    const refused = respondError(await begin().catch((error) => error), silentLog);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
    await (await begin(WHO_ELSE)).text();
    // Complete, given up by its reader, failed: each makes room.
    await one.text();
    await (await begin()).body?.cancel();
    // biome-ignore lint/correctness/useYield: it fails before its first part
    const failing = (async function* () {
      throw new Error("the disk is gone");
    })() as AsyncGenerator<string>;
    await expect(respondFile(failing, "csv", "x.csv", who(), GET)).rejects.toThrow("the disk is gone");
    await Promise.all([two.text(), (await begin()).text()]);
  });
});

it("streams eight answers to one reader at a time, beside files; the ninth is asked to wait", async () => {
  async function* slow() {
    yield "[";
    yield "]";
  }
  const begin = () => respondStream(slow(), who(), GET);
  const all = await Promise.all(Array.from({ length: 8 }, begin));
  await expect(begin()).rejects.toMatchObject({ code: "busy" });
  await (await respondFile(slow(), "json", "x.json", who(), GET)).text();
  expect(await all[0]?.text()).toBe("[]");
  await all[1]?.body?.cancel();
  for (const response of [...all.slice(2), await begin(), await begin()]) await response.text();
});
