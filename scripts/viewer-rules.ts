import { VIEWER_PERMITS } from "./layers.ts";

interface Problem {
  readonly rule: string;
  readonly file: string;
  readonly detail: string;
}

/** Code of the app that takes the store out of a context: past the viewer, whatever it reads then. */
const STORE = /\b(?:ctx|input\.ctx)\.db\b|\{[^{}]*\bdb\b[^{}]*\}\s*(?:=\s*(?:input\.)?ctx\b|:\s*(?:Pick<)?Ctx\b)/;
/** Where a context is built, and what signs people in before there is a viewer. */
const BEFORE_A_VIEWER = /^app\/(?:ctx\.ts$|\(auth\)\/|api\/auth\/)/;
const LOADERS = /^lib\/(?:pages|reports)\//;
const EXPORTED = /^export (?:async )?(?:function\*? (\w+)|const (\w+) = (?:async )?(?=[(<]))/gm;
const DECLARED = /^(?:export )?(?:async )?(?:function\*? (\w+)|const (\w+)\b|interface|type|class)/gm;
/** What shows that a loader starts from who asks: the viewer, a permission, or a scope that was made from it. */
const FROM_VIEWER = /\bviewer\b|\ballow\(|\bmayDo\(|\bneed[A-Z]\w*\(|\bfind(?:Cost)?Scope\(|\b(?:Cost)?Scope\b/;

/**
 * Who reads what: the app reaches the store through loaders that take the whole context, or through a reader for an action; and
 * every loader that pages and reports may call starts from the viewer, itself or through another function of its file.
 * @param code the file without its comments.
 */
export function viewerProblems(file: string, code: string): Problem[] {
  if (/^app\//.test(file) && !BEFORE_A_VIEWER.test(file) && STORE.test(code))
    return [
      { rule: "viewer", file, detail: "reads the store past the viewer: use readerFor(ctx, action), or a loader" },
    ];
  if (!LOADERS.test(file)) return [];
  const parts = partsOf(code);
  return [...code.matchAll(EXPORTED)]
    .map(([, name = "", constant]) => constant ?? name)
    .filter((name) => takesStore(parts.get(name) ?? "") && !startsFromViewer(name, parts, new Set()))
    .filter((name) => !VIEWER_PERMITS.some((p) => p.file === file && p.names.includes(name)))
    .map((name) => ({
      rule: "viewer",
      file,
      detail: `${name} takes no viewer: every caller reads rows of everybody`,
    }));
}

/** The text of each function or constant, by name. */
function partsOf(code: string): ReadonlyMap<string, string> {
  const found = [...code.matchAll(DECLARED)];
  return new Map(
    found.map((m, i) => [m[1] ?? m[2] ?? "", code.slice(m.index, found[i + 1]?.index ?? code.length)] as const),
  );
}

/** Whether the parameters hold a context or a store. */
function takesStore(text: string): boolean {
  const head = text.slice(0, text.search(/\)\s*(?::[^{=]*)?(?:\{|=>)/) + 1 || undefined);
  return /\bctx\b|: (?:Pick<)?Ctx\b|: (?:Reader|Db)\b/.test(head);
}

function startsFromViewer(name: string, parts: ReadonlyMap<string, string>, seen: Set<string>): boolean {
  const text = parts.get(name);
  if (text === undefined || seen.has(name)) return false;
  seen.add(name);
  if (FROM_VIEWER.test(text)) return true;
  return [...parts.keys()].some(
    (other) => other !== name && new RegExp(`\\b${other}\\(`).test(text) && startsFromViewer(other, parts, seen),
  );
}
