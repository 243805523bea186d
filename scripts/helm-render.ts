import { createHash } from "node:crypto";
import { stringify } from "yaml";

/**
 * The part of Helm's templates that the chart in deploy/helm uses, for tests: Helm itself cannot be installed where they run. What it does not
 * know, it refuses. @see https://helm.sh/docs/chart_template_guide/
 */
type Value = unknown;
type Vars = Readonly<Record<string, Value>>;
type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "out"; readonly pipe: string }
  | {
      readonly kind: "if" | "with" | "range";
      readonly pipe: string;
      readonly body: readonly Node[];
      readonly other: readonly Node[];
    }
  | { readonly kind: "define"; readonly name: string; readonly body: readonly Node[] };

const ACTION = /\{\{(-?)\s*([\s\S]*?)\s*(-?)\}\}/g;

/** Text and actions in their order; a dash at an action takes the white space beside it. */
function split(source: string): { readonly text?: string; readonly action?: string }[] {
  const out: { text?: string; action?: string }[] = [];
  let [at, trim] = [0, false];
  for (const match of source.matchAll(ACTION)) {
    let text = source.slice(at, match.index);
    if (trim) text = text.trimStart();
    if (match[1]) text = text.trimEnd();
    out.push({ text }, { action: match[2] ?? "" });
    at = match.index + match[0].length;
    trim = Boolean(match[3]);
  }
  const rest = source.slice(at);
  return [...out, { text: trim ? rest.trimStart() : rest }];
}

function parse(source: string): Node[] {
  const parts = split(source);
  let at = 0;
  const block = (): { body: Node[]; end: string } => {
    const body: Node[] = [];
    for (; at < parts.length; at++) {
      const { text, action } = parts[at] as { text?: string; action?: string };
      if (action === undefined) {
        if (text) body.push({ kind: "text", text });
        continue;
      }
      const [, word = "", pipe = ""] = /^(if|with|range|define|else|end)\b\s*([\s\S]*)$/.exec(action) ?? [];
      if (word === "else" || word === "end") return { body, end: word };
      at++;
      if (word === "define") body.push({ kind: "define", name: JSON.parse(pipe) as string, body: block().body });
      else if (word === "if" || word === "with" || word === "range") {
        const first = block();
        if (first.end === "else") at++;
        body.push({ kind: word, pipe, body: first.body, other: first.end === "else" ? block().body : [] });
      } else {
        at--;
        body.push({ kind: "out", pipe: action });
      }
    }
    return { body, end: "" };
  };
  return block().body;
}

/** Empty in the sense of Go's templates. */
const isEmpty = (value: Value): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === 0 ||
  value === "" ||
  (typeof value === "object" && Object.keys(value as object).length === 0);

const indent = (count: Value, text: Value) =>
  `\n${String(text)
    .split("\n")
    .map((line) => (line === "" ? line : " ".repeat(Number(count)) + line))
    .join("\n")}`;

export interface ChartInput {
  readonly files: ReadonlyMap<string, string>;
  readonly values: Value;
  readonly release: string;
  readonly namespace: string;
  readonly chart: { readonly appVersion: string };
}

type Function = (...args: Value[]) => Value;

/** Functions that need nothing of the chart. */
const FUNCTIONS: Readonly<Record<string, Function>> = {
  toYaml: (value) => stringify(value, { lineWidth: 0 }).trimEnd(),
  nindent: indent,
  quote: (value) => JSON.stringify(String(value)),
  default: (other, value) => (isEmpty(value) ? other : value),
  eq: (a, b) => a === b,
  and: (...list) => list.find(isEmpty) ?? list.at(-1),
  or: (...list) => list.find((value) => !isEmpty(value)) ?? list.at(-1),
  not: isEmpty,
  print: (...list) => list.map(String).join(""),
  sha256sum: (text) => createHash("sha256").update(String(text)).digest("hex"),
};

class Renderer {
  readonly #root: Vars;
  readonly #defined: ReadonlyMap<string, readonly Node[]>;
  readonly #functions: ReadonlyMap<string, Function>;

  constructor(root: Vars, defined: ReadonlyMap<string, readonly Node[]>) {
    this.#root = root;
    this.#defined = defined;
    const include: Function = (name, dot) =>
      this.render(this.#defined.get(String(name)) ?? fail(`no template ${String(name)}`), dot, {});
    this.#functions = new Map([...Object.entries(FUNCTIONS), ["include", include]]);
  }

  render(nodes: readonly Node[], dot: Value, vars: Vars): string {
    return nodes.map((node) => this.#node(node, dot, vars)).join("");
  }

  #node(node: Node, dot: Value, vars: Vars): string {
    if (node.kind === "text") return node.text;
    if (node.kind === "define") return "";
    if (node.kind === "out") return String(this.#evaluate(node.pipe, dot, vars) ?? "");
    if (node.kind === "range") return this.#range(node.pipe, node.body, dot, vars);
    const value = this.#evaluate(node.pipe, dot, vars);
    if (isEmpty(value)) return this.render(node.other, dot, vars);
    return this.render(node.body, node.kind === "with" ? value : dot, vars);
  }

  /** A map goes by its keys in order. */
  #range(pipe: string, body: readonly Node[], dot: Value, vars: Vars): string {
    const [, key, item, source = pipe] = /^\$(\w+),\s*\$(\w+)\s*:=\s*(.*)$/.exec(pipe) ?? [];
    const value = this.#evaluate(source, dot, vars);
    const entries = Object.entries(value as object);
    if (!Array.isArray(value)) entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return entries
      .map(([k, v]) => this.render(body, v, key && item ? { ...vars, [key]: k, [item]: v } : vars))
      .join("");
  }

  #evaluate(pipe: string, dot: Value, vars: Vars): Value {
    let value: Value;
    for (const [i, stage] of splitOutside(pipe, "|").entries())
      value = this.#call(stage.trim(), dot, vars, i === 0 ? [] : [value]);
    return value;
  }

  #call(text: string, dot: Value, vars: Vars, piped: readonly Value[]): Value {
    const [head = "", ...rest] = splitOutside(text, " ").filter(Boolean);
    const fn = this.#functions.get(head);
    if (fn) return fn(...rest.map((arg) => this.#term(arg, dot, vars)), ...piped);
    if (rest.length || piped.length) fail(`unknown function ${head}`);
    return this.#term(head, dot, vars);
  }

  #term(text: string, dot: Value, vars: Vars): Value {
    if (text.startsWith("(")) return this.#evaluate(text.slice(1, -1), dot, vars);
    if (text.startsWith('"')) return JSON.parse(text);
    if (/^\d+$/.test(text)) return Number(text);
    if (text === ".") return dot;
    const [, name = "", path = ""] = /^(\$\w*)?((?:\.\w+)*)$/.exec(text) ?? fail(`cannot read ${text}`);
    return path
      .split(".")
      .filter(Boolean)
      .reduce<Value>(
        (value, key) => {
          if (typeof value !== "object" || value === null || !(key in value)) return fail(`no value ${text}`);
          return (value as Vars)[key];
        },
        this.#start(name, dot, vars),
      );
  }

  #start(name: string, dot: Value, vars: Vars): Value {
    if (name === "") return dot;
    if (name === "$") return this.#root;
    return name.slice(1) in vars ? vars[name.slice(1)] : fail(`no variable ${name}`);
  }
}

/** Every template of a chart, rendered, by its path. @throws Error for a function or value that it does not know. */
export function renderChart({ files, values, release, namespace, chart }: ChartInput): Map<string, string> {
  const root = {
    Values: values,
    Release: { Name: release, Namespace: namespace, Service: "Helm" },
    Chart: { AppVersion: chart.appVersion },
    Template: { BasePath: "templates" },
  };
  const parsed = new Map([...files].map(([name, text]) => [name, parse(text)]));
  const defined = new Map<string, readonly Node[]>(parsed);
  for (const node of [...parsed.values()].flat()) if (node.kind === "define") defined.set(node.name, node.body);
  const renderer = new Renderer(root, defined);
  return new Map(
    [...parsed]
      .filter(([name]) => !name.endsWith(".tpl"))
      .map(([name, nodes]) => [name, renderer.render(nodes, root, {})]),
  );
}

function fail(message: string): never {
  throw new Error(`The chart cannot be rendered: ${message}.`);
}

/** Parts between separators that are in no brackets and no quotes. */
function splitOutside(text: string, separator: string): string[] {
  const parts = [""];
  let [depth, quoted] = [0, false];
  for (const letter of text) {
    if (letter === '"') quoted = !quoted;
    if (!quoted && letter === "(") depth++;
    if (!quoted && letter === ")") depth--;
    if (letter === separator && depth === 0 && !quoted) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts;
}
