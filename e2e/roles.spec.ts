import { expect, test } from "@playwright/test";
import Database from "better-sqlite3";
import { strToU8, zipSync } from "fflate";
import { planEvent } from "@/lib/budgets/changes.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import { post } from "./fixtures/acts.ts";
import { amountForms, Secrets, textOf } from "./fixtures/roles/leaks.ts";
import {
  fixedValues,
  formFields,
  listActs,
  listRoutes,
  listWriting,
  pathsOf,
  type Route,
  type Values,
} from "./fixtures/roles/routes.ts";
import { secretsOf } from "./fixtures/roles/secrets.ts";
import { BROKEN_BODIES, fails, foreignBodies, pathOf, sendTo } from "./fixtures/roles/sending.ts";
import { type Answer, each, Server } from "./fixtures/roles/server.ts";
import {
  BUDGETS,
  COLLEAGUE,
  ENGINEER,
  emailOf,
  FINDINGS,
  FOREIGN,
  type Ids,
  MATES,
  MINE,
  MOVED,
  OWN,
  PERSONAS,
  type Persona,
  periodOf,
  seedRoles,
  THEIRS,
  THIRD,
} from "./fixtures/roles/world.ts";

/**
 * Nobody sees a row that is not theirs: every page, file, API address and act of the build, no matter who asks, with ids and names
 * of their own and of others. Requests without a browser; what is searched is the whole answer, with the data that React reads.
 */
const FILE = "data/e2e-roles.db";
const NOW = Math.floor(Date.now() / 1000);
const PERIOD = periodOf(NOW);
const DAYS = `from=${dateOfKey(PERIOD.from)}&to=${dateOfKey(PERIOD.until)}`;
const WORKLOADS = [MINE, MATES, THEIRS].map(String);
const THEIR_PROJECT = 4200003;

let server: Server;
let ids: Ids;
let secrets: Readonly<Record<Persona, Secrets>>;

test.describe.configure({ mode: "serial", timeout: 300_000 });

test.beforeAll(async () => {
  ids = await seedRoles(FILE, NOW);
  server = await Server.start(FILE);
  const ctx: Ctx = { ...server.door, viewer: localViewer, ledger: testLedger() };
  secrets = await secretsOf(ctx, PERIOD);
});
test.afterAll(() => server?.stop());

const values = (): Values => ({
  ...fixedValues(),
  team: [String(OWN.key), String(FOREIGN.key)],
  project: ["4100001", "4100002", "4400005", String(THEIR_PROJECT)],
  workload: WORKLOADS,
  finding: Object.keys(FINDINGS),
  scope: ["all", ...[OWN, FOREIGN].map(({ key }) => `team:${key}`), `project:${THEIR_PROJECT}`].map(encodeURIComponent),
  period: [PERIOD.closed, PERIOD.open],
  user: [ENGINEER, COLLEAGUE, "petra.iversen@example.org", "nobody@example.org"].map(encodeURIComponent),
  anomaly: [OWN, FOREIGN].map(({ key }) => `cost-team-${key}-${PERIOD.until}`),
  person: [String(ids.person)],
  proposal: [ids.proposal],
  unit: ids.units.map(String),
});

/** What a request asks for of others, by every name under which files and pages take it; pages report what they do not understand. */
const FILTERS = [
  `team=${FOREIGN.key}`,
  `team=${FOREIGN.name}`,
  `project=${THEIR_PROJECT}`,
  "project=brimstone-ranking",
  "user=petra.iversen%40example.org",
  `workload=${THEIRS}`,
  "cluster=c-research",
  "q=brimstone",
  `cost_centre=${FOREIGN.costCentre}`,
];
const PAGE_FILTERS = [
  `team=${FOREIGN.key}&project=${THEIR_PROJECT}&user=petra.iversen%40example.org&cluster=c-research&q=brimstone`,
  `workload=${THEIRS}`,
  `project=${THEIR_PROJECT}`,
];
/** Drawn and filtered by one component and one loader: the API's answer shows what its filters do. */
const ONE_LOADER = ["/reports/[report]", "/reports/[report]/download"];

/** An address with the days that the ledger has, where it takes any. */
function dated(path: string): string {
  if (/^\/(api\/v1\/(periods|statements|search|sync)|api\/auth|healthz|readyz|sign-in|welcome)/.test(path)) return path;
  return `${path}?${DAYS}${path === "/download/team-projects" ? `&team=${OWN.key}` : ""}`;
}

const joined = (address: string, query: string): string => `${address}${address.includes("?") ? "&" : "?"}${query}`;

const WORDS: Readonly<Record<number, RegExp>> = {
  403: /You may not open this page/,
  404: /There is nothing here/,
};

/** What is wrong with an answer as such: a failure, or a refusal that nobody understands. */
function problemOf(route: Route, { status, text, type }: Answer): string | null {
  if (status >= 500 || /Internal Server Error|\bat [\w./ ]+\.(?:js|ts|mjs):\d+/.test(text))
    return `${status}: ${text.slice(0, 200)}`;
  if (status < 400) return null;
  if (type.includes("json")) {
    const message = String((JSON.parse(text) as { error?: { message?: string } }).error?.message ?? "");
    return /^[A-Z"“].{10,}[.…?]$/s.test(message) && !/undefined|null|\[object/.test(message)
      ? null
      : `${status}: ${message || text}`;
  }
  // Without what its scripts would show.
  if (type.includes("html"))
    return WORDS[status]?.test(text.replace(/<script[^>]*>.*?<\/script>/gs, "")) ? null : `${status} without words`;
  return type.includes("text/plain") && route.kind === "file" ? null : `${status}, ${type}: ${text.slice(0, 100)}`;
}

/** Who asks: how they prove it, what they may not see, and what they must. */
interface Reader {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: Secrets;
  /** Asks for things of others by every filter, too: not where all are theirs, or the scope is that of another reader. */
  readonly probes: boolean;
  /** Of their own: it has to be in some answer, so that nothing is proved by empty ones. */
  readonly own: readonly string[];
}

const TEAM_OWN = [OWN.name, MOVED.project, "tundra-vision", "lagoon-speech", COLLEAGUE, ...WORKLOADS.slice(0, 2)];
const OWN_OF: Readonly<Record<Persona, readonly string[]>> = {
  admin: [],
  finance: [OWN.name, FOREIGN.name, "brimstone-ranking", FOREIGN.costCentre],
  manager: TEAM_OWN,
  engineer: [OWN.name, ENGINEER, String(MINE), "tundra-vision"],
  viewer: TEAM_OWN,
  double: [OWN.name, THIRD.name, "cobalt-folding", ...amountForms(BUDGETS[2]).slice(-1)],
  nobody: [emailOf("nobody")],
};

const readerOf = async (persona: Persona): Promise<Reader> => ({
  headers: { cookie: await server.signIn(emailOf(persona)) },
  secrets: secrets[persona],
  probes: persona === "manager" || persona === "engineer" || persona === "nobody",
  own: OWN_OF[persona],
});

interface Crawl {
  readonly problems: string[];
  readonly missing: Set<string>;
  /** Links of pages that were shown, one of each shape. */
  readonly links: Map<string, string>;
  asked: number;
}

async function crawl(reader: Reader, routes = listRoutes()): Promise<Crawl> {
  const out: Crawl = { problems: [], missing: new Set(reader.own), links: new Map(), asked: 0 };
  const ask = async (route: Route, address: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await server.get(address, { ...reader.headers, ...headers });
    out.asked++;
    const problem = problemOf(route, answer);
    if (problem) out.problems.push(`${address}: ${problem}`);
    const found = reader.secrets.foundIn(answer.text, decodeURIComponent(address));
    if (found.length)
      out.problems.push(`${address} shows ${found.slice(0, 6).join(", ")}${found.length > 6 ? " …" : ""}`);
    for (const text of out.missing) if (answer.text.includes(text)) out.missing.delete(text);
    return answer;
  };
  const addresses = routes.flatMap((route) => pathsOf(route, values()).map((path) => ({ route, path })));
  await each(addresses, async ({ route, path }) => {
    const address = dated(path);
    const { status, text } = await ask(route, address);
    if (route.shell && status === 200)
      for (const [, link = ""] of text.matchAll(/<a [^>]*?href="(\/[^"#]*)/g))
        out.links.set(shapeOf(link), link.replaceAll("&amp;", "&"));
    if (!reader.probes || status !== 200 || ONE_LOADER.includes(route.pattern)) return;
    if (route.kind === "page") await ask(route, address, { rsc: "1" });
    for (const filter of route.kind === "page" ? PAGE_FILTERS : FILTERS) await ask(route, joined(address, filter));
  });
  return out;
}

/** Links of the same shape lead to the same page: numbers and values of the query are left out. */
const shapeOf = (link: string): string => {
  const { pathname, searchParams } = new URL(link.replaceAll("&amp;", "&"), "http://none");
  const shape = pathname.replace(/\/(\d+|GL-[^/]*)(?=\/|$)/g, "/#");
  return `${shape}?${[...new Set(searchParams.keys())].sort().join("&")}`;
};

test("the search finds what is planted in text, archives, workbooks and documents", async () => {
  const planted = new Secrets([["Belladonna"], amountForms(48_111_370_000)], [["Amaranth"]]);
  const find = async (body: Uint8Array, type = "") => planted.foundIn(await textOf(body, type));
  const html = strToU8(
    '<td>Amaranth</td><script>self.__next_f.push([1,"{\\"team\\":\\"Belladonna\\",\\"micros\\":48111370000}"])</script>',
  );
  expect(await find(html, "text/html")).toEqual(["48111370000", "Belladonna"]);
  expect(await find(strToU8("team,amount\r\nx,48111.370000\r\n"), "text/csv")).toEqual(["48111.37", "48111.370000"]);
  const book = zipSync({ "xl/sharedStrings.xml": strToU8("<si><t>Belladonna</t></si>") });
  expect(await find(book)).toEqual(["Belladonna"]);
  expect(await find(zipSync({ "statements/a.xlsx": book }))).toEqual(["Belladonna"]);
  expect(await find(strToU8("<td>Amaranth, 12,345.67</td>"))).toEqual([]);
  // What somebody asked for by name may be named in the refusal.
  expect(planted.foundIn("There is no team Belladonna.", "/spend?team=Belladonna")).toEqual([]);
});

test("an administrator sees everything that is searched for in the answers to others", async () => {
  const everything = secrets.nobody.forms;
  const reader = { ...(await readerOf("admin")), own: everything.flat() };
  const { problems, missing, asked } = await crawl(reader);
  expect(problems).toEqual([]);
  expect(asked).toBeGreaterThan(150);
  expect(everything.filter((forms) => forms.every((text) => missing.has(text)))).toEqual([]);
});

for (const persona of PERSONAS.slice(1))
  test(`the ${persona} sees what is theirs and nothing of others, and every refusal says why`, async () => {
    const reader = await readerOf(persona);
    const { problems, missing, links } = await crawl(reader);
    expect(problems).toEqual([]);
    expect([...missing], "own things that no answer has").toEqual([]);
    const refused: string[] = [];
    await each([...links.values()], async (link) => {
      const { status } = await server.get(link, reader.headers);
      if (status >= 400) refused.push(`${link}: ${status}`);
    });
    expect(refused, "links that lead to a refusal").toEqual([]);
  });

test("a token of finance for one team reads that team alone", async () => {
  const token = await server.tokenOf(emailOf("finance"), [OWN.key]);
  const headers = { authorization: `Bearer ${token}` };
  const reader = { headers, secrets: secrets.viewer, probes: true, own: TEAM_OWN };
  const { problems, missing, asked } = await crawl(
    reader,
    listRoutes().filter((r) => r.pattern.startsWith("/api/v1/")),
  );
  expect(problems).toEqual([]);
  expect([...missing]).toEqual([]);
  expect(asked).toBeGreaterThan(50);
});

/** A form with everything that any act reads, about things of others. */
function foreignForm(): Record<string, string | File> {
  const [day, month, team] = [dateOfKey(PERIOD.until), PERIOD.open, String(FOREIGN.key)];
  const known: Readonly<Record<string, string | File>> = {
    ...{
      team,
      teamKey: team,
      key: team,
      owner: FOREIGN.owner,
      project: String(THEIR_PROJECT),
      period: month,
      line: "",
    },
    ...{
      id: ids.proposal,
      proposal: ids.proposal,
      person: String(ids.person),
      role: "admin",
      act: "add",
      how: "rejected",
    },
    ...{ sure: "yes", verdict: "accepted", email: "new.person@example.net", day, until: day, to: day, end: day },
    ...{ from: dateOfKey(PERIOD.from), asOf: day, amount: "1.00", days: "30", rate: "1.2", currency: "EUR" },
    ...{ on: day, subjectKind: "project", subject: "brimstone-ranking" },
    ...{ kind: "project", pattern: "planted-*", cluster: "c-prod", class: "unallocated", method: "charges" },
    file: new File(["from,until,amount,currency\n"], "planted.csv"),
  };
  const names = new Set([...formFields(), ...Object.keys(known)]);
  return Object.fromEntries([...names].map((name) => [name, known[name] ?? "planted"]));
}

/** Everything stored, but for what is of somebody's own way in; the audit chain grows with each of its entries. */
function stored(): Record<string, string> {
  const own = /^(sessions|sign_in_|users$|api_tokens|audit_(chain|head)$|sqlite_|__)/;
  const db = new Database(FILE, { readonly: true });
  const tables = db
    .prepare("select name from sqlite_master where type = 'table' order by name")
    .pluck()
    .all() as string[];
  const out: Record<string, string> = {};
  for (const table of tables.filter((name) => !own.test(name))) {
    const where = table === "audit_log" ? "where action not in ('session', 'tokens.own')" : "";
    out[table] = JSON.stringify(db.prepare(`select * from "${table}" ${where}`).all(), (_, v) =>
      v?.type === "Buffer" ? v.data.length : v,
    );
  }
  db.close();
  return out;
}

for (const persona of ["manager", "engineer", "viewer", "nobody"] as const)
  test(`no act of the ${persona} on what is of others does anything, and each says why`, async () => {
    const before = stored();
    const problems: string[] = [];
    const said: string[] = [];
    const form = foreignForm();
    await each(listActs(), async ({ id, file, name }) => {
      const cookie = await server.signIn(emailOf(persona));
      const headers = { cookie, origin: server.base, "next-action": id };
      // Some acts end the session that they come with.
      const { status, text } = await post(`${server.base}/help`, headers, form);
      const found = secrets[persona].foundIn(text, JSON.stringify(form));
      if (found.length) problems.push(`${file} ${name} shows ${found.slice(0, 5).join(", ")}`);
      if (fails(status, text)) problems.push(`${file} ${name}: ${status}`);
      said.push(/"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? "");
    });
    expect(problems).toEqual([]);
    expect(said.filter((words) => /You may not |that you may see/.test(words)).length).toBeGreaterThan(15);
    expect(said.filter((words) => /undefined|null|\[object/.test(words))).toEqual([]);
    const after = stored();
    expect(Object.keys(before).filter((table) => after[table] !== before[table])).toEqual([]);
  });

for (const persona of ["manager", "engineer", "viewer"] as const)
  test(`no token of the ${persona} writes about others through the API, and each refusal says why`, async () => {
    const scope = { kind: "team", value: String(FOREIGN.key) } as const;
    const ctx = { ...server.door, viewer: localViewer, ledger: testLedger() };
    const event = await planEvent(ctx, { scope, note: "Their pool", fromDay: PERIOD.until, changePercent: 20 });
    const before = stored();
    const bodies = foreignBodies(FOREIGN.key, PERIOD.until, NOW);
    const from = dateOfKey(Math.floor(addDays(PERIOD.until, -1) / 100) * 100 + 1);
    const theirs = { unit: String(ids.units[1]), event, from, scope: `team%3A${FOREIGN.key}` };
    expect(listWriting().filter((path) => !(path in bodies))).toEqual([]);
    // Neither their token with every scope that it can have, nor their session.
    const token = await server.tokenOf(emailOf(persona), [], ["read", "write", "ingest", "metrics"]);
    const cookie = await server.signIn(emailOf(persona));
    const proofs: readonly Readonly<Record<string, string>>[] = [
      { authorization: `Bearer ${token}` },
      { cookie, origin: server.base },
    ];
    const problems: string[] = [];
    for (const [pattern, body] of Object.entries(bodies))
      for (const proof of proofs)
        for (const method of ["POST", "PUT", "DELETE"]) {
          const path = pathOf(pattern, theirs);
          const headers: Readonly<Record<string, string>> = { ...proof, "content-type": "application/json" };
          const { status, text } = await sendTo(server.base, path, headers, JSON.stringify(body), method);
          if (status === 405) continue;
          const words = status >= 400 && status < 500 ? String(JSON.parse(text).error?.message) : "";
          if (!/^[A-Z].{10,}\.$/s.test(words)) problems.push(`${method} ${path}: ${status} ${text.slice(0, 100)}`);
          const found = secrets[persona].foundIn(text, decodeURIComponent(path) + JSON.stringify(body));
          if (found.length) problems.push(`${method} ${path} shows ${found.slice(0, 5).join(", ")}`);
        }
    expect(problems).toEqual([]);
    const after = stored();
    expect(Object.keys(before).filter((table) => after[table] !== before[table])).toEqual([]);
  });

/** What anybody may send to an act instead of its form: as Next.js writes arguments. */
const SHAPES: readonly (readonly [string, string])[] = [
  ["nothing", "[]"],
  ["null", "[null,null]"],
  ["a number", "[null,7]"],
  ["a list", "[[],[]]"],
  ["an object in place of a form", '[null,{"key":"1","role":"admin","constructor":{"name":"x"}}]'],
  ["an empty form", '[null,"$K1"]'],
  ["a form alone", '["$K1"]'],
];

for (const persona of ["admin", "finance"] as const)
  test(`whatever the ${persona} sends to an act or an address that takes something, nothing fails`, async () => {
    const problems: string[] = [];
    await each(listActs(), async ({ id, file, name }) => {
      for (const [what, shape] of SHAPES) {
        const cookie = await server.signIn(emailOf(persona));
        const form = new FormData();
        form.set("0", shape);
        const headers = { cookie, origin: server.base, "next-action": id };
        const { status, text } = await sendTo(server.base, "/help", headers, form);
        if (fails(status, text)) problems.push(`${file} ${name}, ${what}: ${status}`);
      }
      const cookie = await server.signIn(emailOf(persona));
      const headers = { cookie, origin: server.base, "next-action": id };
      const { status, text } = await post(`${server.base}/help`, headers, foreignForm());
      if (fails(status, text)) problems.push(`${file} ${name}, everything: ${status}`);
    });
    const token = await server.tokenOf(emailOf(persona), [], ["read", "write", "ingest"]);
    for (const path of listWriting())
      for (const body of BROKEN_BODIES) {
        const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
        const { status, text } = await sendTo(server.base, path, headers, body);
        if (status >= 500) problems.push(`POST ${path} ${body}: ${status} ${text.slice(0, 100)}`);
      }
    expect(problems).toEqual([]);
  });
