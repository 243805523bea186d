import path from "node:path";

/** What the documents say against what is built: pure, so that tests can give it documents that are wrong. */
export interface Gap {
  readonly file: string;
  readonly detail: string;
}

export const CONFIGURATION = "docs/configuration.md";
export const ARCHITECTURE = "docs/architecture.md";
export const OPERATIONS = "docs/operations.md";
export const REPORTS = "docs/reports.md";

/** The cells of every table row whose first cell is `` `code` ``, without that cell's backticks. */
export function codeRows(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => /^\|\s*`[^`]+`/.test(line))
    .map((line) => {
      const cells = line
        .replaceAll("\\|", "\u0000")
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll("\u0000", "|"));
      return [/`([^`]+)`/.exec(cells[0] ?? "")?.[1] ?? "", ...cells.slice(1)];
    });
}

function compare(file: string, what: string, built: readonly string[], described: readonly string[]): Gap[] {
  return [
    ...built
      .filter((name) => !described.includes(name))
      .map((name) => ({ file, detail: `${what} ${name} is not described` })),
    ...described
      .filter((name) => !built.includes(name))
      .map((name) => ({ file, detail: `${what} ${name} does not exist` })),
    ...described
      .filter((name, i) => described.indexOf(name) !== i)
      .map((name) => ({ file, detail: `${what} ${name} is described twice` })),
  ];
}

export interface Settings {
  readonly keys: readonly string[];
  readonly synonyms: Readonly<Record<string, string>>;
  /** lib/env.ts's parseEnv. */
  readonly parse: (variables: Record<string, string>) => Readonly<Record<string, unknown>>;
}

/** Keys that only work together: an example of one needs the other. */
const TOGETHER: readonly Record<string, string>[] = [
  { RUNAI_URL: "https://x.example", RUNAI_APP_ID: "x", RUNAI_APP_SECRET: "x" },
  { PROMETHEUS_CERT_FILE: "x", PROMETHEUS_KEY_FILE: "x" },
  { SMTP_URL: "smtp://mail.example.com", MAIL_FROM: "ledger@example.com" },
  { OIDC_ISSUER: "https://id.example.com", OIDC_CLIENT_ID: "a", OIDC_CLIENT_SECRET: "b" },
];

/** Every key and synonym has a row; its default and its example are what the program takes them for. */
export function checkSettings(text: string, { keys, synonyms, parse }: Settings): Gap[] {
  const rows = codeRows(text);
  const gaps = compare(
    CONFIGURATION,
    "setting",
    [...keys, ...Object.keys(synonyms)],
    rows.map(([key = ""]) => key),
  );
  const defaults = parse({});
  for (const [key = "", byDefault = "", , example = ""] of rows) {
    if (!keys.includes(key)) continue;
    const given = /`([^`]+)`/.exec(byDefault)?.[1];
    const problem = (detail: string) => gaps.push({ file: CONFIGURATION, detail: `setting ${key}: ${detail}` });
    if (given === undefined) {
      const value = defaults[key];
      const unset =
        value === undefined || value === "" || JSON.stringify(value) === "[]" || JSON.stringify(value) === "{}";
      if (!unset) problem(`its default is ${JSON.stringify(value)}, and the table names none`);
    } else if (JSON.stringify(attempt(parse, { [key]: given })?.[key]) !== JSON.stringify(defaults[key]))
      problem(`its default is not ${given}`);
    const shown = /`([^`]+)`/.exec(example)?.[1];
    const others = TOGETHER.find((set) => key in set);
    if (shown === undefined) problem("there is no example");
    else if (!attempt(parse, { ...others, [key]: shown })) problem(`the example ${shown} is refused`);
  }
  return gaps;
}

function attempt(parse: Settings["parse"], variables: Record<string, string>) {
  try {
    return parse(variables);
  } catch {
    return null;
  }
}

/** `GET /api/v1/x/[y]` for handlers, `/x/[y]` for pages. `files`: path from the root → text. */
export function routesOf(files: ReadonlyMap<string, string>): string[] {
  const out: string[] = [];
  for (const [file, text] of files) {
    const match = /^app\/(.*\/)?(page|route)\.tsx?$/.exec(file);
    if (!match) continue;
    const url = `/${(match[1] ?? "").replace(/\([^)]*\)\//g, "").replace(/\/$/, "")}`;
    if (match[2] === "page") out.push(url);
    else
      for (const [, method] of text.matchAll(/^export (?:async )?(?:function|const) (GET|POST|PUT|PATCH|DELETE)\b/gm))
        out.push(`${method} ${url}`);
  }
  return out.sort();
}

export function checkRoutes(text: string, routes: readonly string[]): Gap[] {
  const described = codeRows(text)
    .map(([route = ""]) => route)
    .filter((route) => /^([A-Z]+ )?\//.test(route));
  return compare(ARCHITECTURE, "route", routes, described);
}

/**
 * Every address of the API is one of its endpoints, so that it is in the OpenAPI document. `endpoints`: `GET /api/v1/x/{y}`; reports share
 * one route.
 */
export function checkApi(routes: readonly string[], endpoints: readonly string[]): Gap[] {
  const described = new Set(endpoints.map((e) => e.replaceAll("{", "[").replaceAll("}", "]")));
  return routes
    .filter(
      (route) => /^[A-Z]+ \/api\/v1\//.test(route) && route !== "GET /api/v1/reports/[report]" && !described.has(route),
    )
    .map((route) => ({
      file: "lib/api/endpoints/index.ts",
      detail: `the route ${route} is no endpoint (CONTRIBUTING.md)`,
    }));
}

/** The commands that `ledger --help` lists. */
export function commandsOf(help: string): string[] {
  const list = /^Commands:\n([\s\S]*?)\n\n/m.exec(help)?.[1] ?? "";
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = ""]) => name).filter((name) => name !== "help");
}

export function checkCommands(text: string, commands: readonly string[]): Gap[] {
  const described = codeRows(text)
    .map(([row = ""]) => /^ledger ([a-z-]+)/.exec(row)?.[1])
    .filter((name) => name !== undefined);
  return compare(OPERATIONS, "command", commands, described);
}

/** The acts that need permission, each with what it is. */
export function checkPermissions(text: string, actions: readonly string[]): Gap[] {
  const described = codeRows(text)
    .map(([name = ""]) => name)
    .filter((name) => /^[a-z]+\.[a-z]+$/.test(name));
  return compare(OPERATIONS, "permission", actions, described);
}

export interface DescribedReport {
  readonly slug: string;
  readonly columns: readonly { readonly header: string }[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Every report has a section `` ## `slug` `` that names each of its columns, and its parameters in the sentence
 * `` Parameters: `a`, `b`. ``; each parameter has a row in a table.
 */
export function checkReports(text: string, reports: readonly DescribedReport[]): Gap[] {
  const sections = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => [/^`([a-z-]+)`/.exec(section)?.[1] ?? "", section]),
  );
  sections.delete("");
  const gaps = compare(
    REPORTS,
    "report",
    reports.map((r) => r.slug),
    [...sections.keys()],
  );
  const rows = codeRows(text).map(([name]) => name);
  for (const name of new Set(reports.flatMap((r) => Object.keys(r.parameters))))
    if (!rows.includes(name)) gaps.push({ file: REPORTS, detail: `parameter ${name} is not described` });
  for (const { slug, columns, parameters } of reports) {
    const section = sections.get(slug);
    if (!section) continue;
    const sentence = /Parameters: ([^.]*)\./.exec(section)?.[1] ?? "";
    const named = [...sentence.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "");
    gaps.push(...compare(REPORTS, `report ${slug}: parameter`, Object.keys(parameters), named));
    for (const { header } of columns)
      if (!section.includes(`\`${header}\``))
        gaps.push({ file: REPORTS, detail: `report ${slug}: its column ${header} is not described` });
  }
  return gaps;
}

/** A heading's anchor, as GitHub makes it. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

/** Relative links and pictures lead to a file; `#…` to a heading of it. `documents`: path from the root → text. */
export function checkLinks(documents: ReadonlyMap<string, string>, exists: (file: string) => boolean): Gap[] {
  const gaps: Gap[] = [];
  for (const [file, text] of documents) {
    const prose = text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
    for (const [, written, pictured] of prose.matchAll(/\]\(([^)\s]+)\)|<img[^>]+src="([^"]+)"/g)) {
      const link = written ?? pictured ?? "";
      if (/^[a-z]+:/.test(link) || !link) continue;
      const [name = "", fragment] = link.split("#");
      const target = name ? path.posix.join(path.posix.dirname(file), name) : file;
      if (!exists(target)) gaps.push({ file, detail: `the link ${link} leads nowhere` });
      else if (fragment && documents.has(target)) {
        const headings = [...(documents.get(target) ?? "").matchAll(/^#+ (.*)$/gm)].map(([, h = ""]) => anchor(h));
        if (!headings.includes(fragment)) gaps.push({ file, detail: `the link ${link} names no heading` });
      }
    }
  }
  return gaps;
}

export const METRICS = "docs/metrics.md";

/** Every metric, and every alias with what it is made of, has a row; rows of what does not exist are reported. */
export function checkMetrics(text: string, metrics: readonly string[], aliases: readonly string[]): Gap[] {
  const described = codeRows(text).map(([name = ""]) => name);
  return [
    ...compare(
      METRICS,
      "metric",
      metrics,
      described.filter((name) => name.startsWith("gpu_ledger_")),
    ),
    ...compare(
      METRICS,
      "alias",
      aliases,
      described.filter((name) => name.startsWith("ai_finops_")),
    ),
  ];
}

export const SAFETY = "docs/safety.md";

/** Whether a test, or a case of one, has a title: the whole of it, as it is written there. */
const hasTitle = (source: string | undefined, title: string): boolean =>
  ['"', "'", "`"].some((quote) => source?.includes(quote + title + quote));

/** Tests that a document names as proof, wherever they stand in it, and that do not exist by their whole title. */
export function checkNamedTests(document: string, text: string, read: (file: string) => string | undefined): Gap[] {
  return [...text.matchAll(/\]\(\.\.\/([^)]+\.(?:test|spec|attack)\.tsx?)\) “([^”]+)”/g)]
    .filter(([, file = "", title = ""]) => !hasTitle(read(file), title))
    .map(([, file, title]) => ({ file: document, detail: `${file} has no test “${title}”` }));
}

/** Every proof that a table names – a link to a test, followed by its title in quotes – is in that file. */
export function checkProofs(text: string, read: (file: string) => string | undefined): Gap[] {
  const isClaim = (line: string) => /^\| (?!requirement \||attack \|)/.test(line) && line.split("|").length === 5;
  const rows = text.split("\n").filter(isClaim);
  return rows.flatMap((row) => {
    const proofs = [...row.matchAll(/\]\(\.\.\/([^)]+)\) “([^”]+)”/g)];
    const name = row.split("|")[1]?.trim().slice(0, 60) ?? "";
    if (proofs.length === 0) return [{ file: SAFETY, detail: `"${name}" names no test` }];
    return proofs
      .filter(([, file = "", title = ""]) => !hasTitle(read(file), title))
      .map(([, file, title]) => ({ file: SAFETY, detail: `${file} has no test “${title}”` }));
  });
}
