import { gzipSync } from "node:zlib";
import { actId, formOf } from "@/e2e/fixtures/acts.ts";
import { dateOf } from "@/lib/time.ts";
import type { Answer, Attacked } from "./server.ts";

export const MIB = 1024 * 1024;
const MOST_FILE = 16 * MIB;

/** A way in for what somebody sends, and the largest that may come through it. */
export interface Door {
  /** Where, and what is sent. */
  readonly what: string;
  /** Bytes that are sent. */
  readonly bytes: number;
  readonly send: (server: Attacked) => Promise<Answer>;
  /** What an answer that is right looks like. */
  readonly answer: RegExp;
}

/** An act of a page that takes a file. */
export interface Act {
  readonly page: string;
  readonly file: string;
  readonly name: string;
  readonly field: string;
}
const FOLDER = "app/(dashboard)";
export const COSTS: Act = { page: "/costs", file: `${FOLDER}/costs/actions.ts`, name: "importFile", field: "file" };
export const BILLS: Act = { page: "/bills", file: `${FOLDER}/bills/actions.ts`, name: "importBillFile", field: "bill" };
export const PRICES: Act = {
  ...{ page: "/prices/propose", file: `${FOLDER}/prices/actions.ts` },
  ...{ name: "importFile", field: "file" },
};
export const CATALOGUES: Act = {
  ...{ page: "/prices/propose", file: `${FOLDER}/prices/propose/catalogue-actions.ts` },
  ...{ name: "importPriceCatalogue", field: "catalogue" },
};
export const BUDGETS: Act = {
  ...{ page: "/budgets", file: `${FOLDER}/budgets/actions.ts`, name: "importBudgets", field: "file" },
};
export const COUNTS: Act = {
  ...{ page: "/units/1", file: `${FOLDER}/units/actions.ts`, name: "importCounts", field: "file" },
};

/** Sends a file to an act, as the form of its page does. @param fields of the form besides it. */
export async function upload(
  server: Attacked,
  { page, file, name, field }: Act,
  bytes: string | Buffer,
  called: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const content = new File([new Uint8Array(Buffer.from(bytes))], called);
  const form = formOf({ title: "x", ...fields, [field]: content });
  const packed = new Request("http://none", { method: "POST", body: form });
  const headers = {
    "next-action": actId(file, name),
    origin: server.base,
    "content-type": packed.headers.get("content-type") ?? "",
  };
  return server.send(page, { method: "POST", headers, body: Buffer.from(await packed.arrayBuffer()) });
}

const TAKEN = /"ok":true/;
const REFUSED = /"ok":false/;

const today = dateOf(Math.floor(Date.now() / 1000), "UTC");
const dayBefore = (days: number): string => dateOf(Math.floor(Date.now() / 1000) - days * 86_400, "UTC");

/** Lines up to some bytes, and no more than some. */
function lines(head: string, bytes: number, most: number, line: (i: number) => string): string {
  const out = [head];
  let length = head.length;
  for (let i = 0; i < most; i++) {
    const next = line(i);
    if (length + next.length > bytes) break;
    out.push(next);
    length += next.length;
  }
  return out.join("");
}

const COST_HEAD = "from,until,team,cluster,category,description,amount,currency\n";
const costLine = (words: number) => (i: number) =>
  `${dayBefore(1 + (i % 20))},${dayBefore(i % 20)},,,storage,${"y".repeat(words)}${i},${i % 97}.25,USD\n`;
const FOCUS_HEAD =
  "BillingCurrency,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,ProviderName,BillingAccountId,ServiceName,ServiceCategory,ChargeCategory,ChargeDescription,Tags,EffectiveCost,BilledCost\n";
/** @param different services, and so lines that are kept apart. */
const focusLine = (different: number, service: string) => (i: number) => {
  const day = dayBefore(1 + (i % 20));
  const tags = `"{""team"":""Research"",""job"":""${i}""}"`;
  return `USD,${day}T00:00:00Z,${dayBefore(i % 20)}T00:00:00Z,${day.slice(0, 7)}-01T00:00:00Z,Azure,account,${service} ${i % different},Compute,Usage,${service} ${i % different},${tags},1.25,1.5\n`;
};
const gpu = "Standard_ND96isr_H100_v5";

type File = readonly [
  ...[what: string, act: Act, bytes: () => string | Buffer, called: string],
  ...[answer?: RegExp, fields?: Readonly<Record<string, string>>],
];
const UNPACKED = 32 * MIB;
const TEXT = 255 * 1024;
const FILES: readonly File[] = [
  ["25,000 lines of cost", COSTS, () => lines(COST_HEAD, MOST_FILE, 25_000, costLine(490)), "lines.csv"],
  [
    "the same lines in another file",
    COSTS,
    () => lines(COST_HEAD, MOST_FILE, 25_000, costLine(491)),
    "lines.csv",
    TAKEN,
    { overlap: "beside" },
  ],
  [
    "a packed file of 32 MiB of cost",
    COSTS,
    () => gzipSync(lines(COST_HEAD, UNPACKED, 25_000, costLine(492))),
    "c.csv.gz",
  ],
  [
    "a packed FOCUS file of 32 MiB",
    COSTS,
    () => gzipSync(lines(FOCUS_HEAD, UNPACKED, 1e6, focusLine(20_000, "Storage"))),
    "f.csv.gz",
  ],
  [
    "16 MiB of lines that are all wrong",
    COSTS,
    () => lines(COST_HEAD, MOST_FILE, 1e6, (i) => `x,${i},,,,,1,USD\n`),
    "w.csv",
    REFUSED,
  ],
  ["a packed bill of 32 MiB", BILLS, () => gzipSync(lines(FOCUS_HEAD, UNPACKED, 1e6, focusLine(5, gpu))), "b.csv.gz"],
  [
    "a bill of 16 MiB, each line apart",
    BILLS,
    () => lines(FOCUS_HEAD, MOST_FILE, 1e6, focusLine(20_000, "Disk")),
    "d.csv",
    TAKEN,
    { replace: "on" },
  ],
  [
    "another version of that bill",
    BILLS,
    () => lines(FOCUS_HEAD, MOST_FILE, 1e6, focusLine(20_000, "Disc")),
    "d.csv",
    TAKEN,
    { replace: "on" },
  ],
  [
    "a bill of 16 MiB that is all wrong",
    BILLS,
    () => lines(FOCUS_HEAD, MOST_FILE, 1e6, (i) => `${"x,".repeat(12)}${i}\n`),
    "x.csv",
    REFUSED,
  ],
  [
    "1,000 prices in CSV",
    PRICES,
    () =>
      lines(
        "kind,match,unit_price,currency,effective_from,note\n",
        MIB,
        1_000,
        (i) => `gpu,model ${i},2.5,USD,2027-01-01,\n`,
      ),
    "p.csv",
    /"ok":/,
  ],
  [
    "1,000 prices in YAML",
    PRICES,
    () =>
      lines(
        "",
        MIB,
        1_000,
        (i) =>
          `- {kind: gpu, match: m${i}, unit_price: "2.5", effective_from: 2027-01-01, note: "${"n".repeat(90)}"}\n`,
      ),
    "p.yaml",
    /"ok":/,
  ],
  [
    "a catalogue of 16 MiB",
    CATALOGUES,
    () =>
      lines(
        "cloud,instance,region,gpu_model,gpus,on_demand,source,as_of\n",
        MOST_FILE,
        1e6,
        (i) => `aws,p5.${i}xlarge,us-east-1,H100,8,98.32,${"a price list ".repeat(4)},2026-11-01\n`,
      ),
    "list.csv",
    /"ok":/,
  ],
  [
    "256 KiB of budgets",
    BUDGETS,
    () =>
      lines(
        "scope,name,from,span,amount\n",
        TEXT,
        1e6,
        (i) => `all,,${2030 + (i % 3)}-${String(1 + (i % 12)).padStart(2, "0")}-01,month,${i}\n`,
      ),
    "b.csv",
    /"ok":/,
  ],
  [
    "256 KiB of budgets that are all wrong",
    BUDGETS,
    () => lines("scope,name,from,span,amount\n", TEXT, 1e6, () => "x,,,,\n"),
    "b.csv",
    REFUSED,
  ],
  [
    "256 KiB of counts",
    COUNTS,
    () => lines("day,count,id\n", TEXT, 1e6, (i) => `${today},${i},${i}\n`),
    "n.csv",
    /"ok":/,
  ],
  [
    "256 KiB of counts that are all wrong",
    COUNTS,
    () => lines("day,count,id\n", TEXT, 1e6, (i) => `x,,${i}\n`),
    "n.csv",
    REFUSED,
  ],
];

const fileDoor =
  ([what, act, bytes, called, answer = TAKEN, fields = {}]: File): (() => Door) =>
  () => {
    const content = Buffer.from(bytes());
    return {
      what: `${act.page}: ${what}`,
      bytes: content.length,
      send: (server) => upload(server, act, content, called, fields),
      answer,
    };
  };

const json = (value: unknown): string => JSON.stringify(value);
const many = (count: number, one: (i: number) => unknown): unknown[] => Array.from({ length: count }, (_, i) => one(i));
/** A list in JSON, up to some bytes. */
const listOf = (before: string, bytes: number, after: string, one: (i: number) => unknown): string => {
  const items = lines("", bytes - before.length - after.length - 1, 1e7, (i) => `${i ? "," : ""}${json(one(i))}`);
  return `${before}${items}${after}`;
};

type Body = readonly [what: string, method: string, path: string, body: () => string, type?: string];
const FOUR = 4 * MIB;
const ANSWERED = /^[\s\S]*$/;
const alert = (words: number) => (i: number) => ({
  ...{ status: "firing", fingerprint: `f${i}`, startsAt: new Date().toISOString() },
  ...{ labels: { alertname: `a${i}` }, annotations: { summary: "s".repeat(words) } },
});
const event = (i: number) => ({
  ...{ specversion: "1.0", id: `e${i}`, source: "collector", type: "gpu-usage", subject: `w${i}` },
  ...{
    time: new Date().toISOString(),
    data: { duration_seconds: 60, allocated_gpu_seconds: 60, note: "n".repeat(700) },
  },
});
const EVENTS = "application/cloudevents-batch+json";
const BODIES: readonly Body[] = [
  [
    "1,000 budgets",
    "PUT",
    "/api/v1/budgets",
    () =>
      json({
        budgets: many(1_000, (i) => ({
          scope: "all",
          from: `${2030 + Math.floor(i / 365)}-01-01`,
          span: "month",
          amount: i,
        })),
        reason: "",
      }),
  ],
  [
    "4 MiB of budgets",
    "PUT",
    "/api/v1/budgets",
    () => listOf('{"budgets":[', FOUR, "]}", () => ({ scope: "all", from: "2030-01-01", span: "month", amount: 1 })),
  ],
  ["4 MiB of nothing", "PUT", "/api/v1/budgets", () => listOf('{"budgets":[', FOUR, "]}", () => ({}))],
  ["4 MiB of brackets", "PUT", "/api/v1/budgets", () => `${"[".repeat(FOUR / 2)}${"]".repeat(FOUR / 2)}`],
  ["4 MiB of names", "PUT", "/api/v1/budgets", () => `{${lines("", FOUR - 20, 1e7, (i) => `"n${i}":0,`)}"x":0}`],
  [
    "10,000 counts",
    "POST",
    "/api/v1/units/1",
    () => json({ counts: many(10_000, (i) => ({ id: `i${i}`, day: today, count: i })) }),
  ],
  [
    "the same counts, changed",
    "POST",
    "/api/v1/units/1",
    () => json({ counts: many(10_000, (i) => ({ id: `i${i}`, day: today, count: i + 1 })) }),
  ],
  [
    "10,000 counts of one id",
    "POST",
    "/api/v1/units/1",
    () => json({ counts: many(10_000, () => ({ id: "i", day: today, count: 1 })) }),
  ],
  [
    "4 MiB of counts",
    "POST",
    "/api/v1/units/1",
    () => listOf('{"counts":[', FOUR, "]}", (i) => ({ id: `i${i}`, day: today, count: 1 })),
  ],
  ["5,000 alerts in 4 MiB", "POST", "/api/v1/alerts", () => json({ version: "4", alerts: many(5_000, alert(600)) })],
  ["4 MiB of alerts", "POST", "/api/v1/alerts", () => listOf('{"version":"4","alerts":[', FOUR, "]}", alert(1))],
  [
    "5,000 alerts that are all wrong",
    "POST",
    "/api/v1/alerts",
    () => json({ version: "4", alerts: many(5_000, () => ({ status: 1, labels: 2 })) }),
  ],
  ["1,000 events in 1 MiB", "POST", "/api/v1/events", () => json(many(1_000, event)), EVENTS],
  [
    "1 MiB of events that are all wrong",
    "POST",
    "/api/v3/openmeter/events",
    () => listOf("[", MIB, "]", () => ({})),
    EVENTS,
  ],
  [
    "1 MiB of brackets as an event",
    "POST",
    "/api/v1/events",
    () => `${"[".repeat(MIB / 2)}${"]".repeat(MIB / 2)}`,
    EVENTS,
  ],
];

const bodyDoor =
  ([what, method, path, body, type = "application/json"]: Body): (() => Door) =>
  () => {
    const content = Buffer.from(body());
    const send = (server: Attacked) =>
      server.send(path, { method, headers: { "content-type": type, origin: server.base }, body: content });
    return { what: `${path}: ${what}`, bytes: content.length, send, answer: ANSWERED };
  };

/** Every door with the largest that it takes; each is made when it is its turn. */
export const DOORS: readonly (() => Door)[] = [...FILES.map(fileDoor), ...BODIES.map(bodyDoor)];
