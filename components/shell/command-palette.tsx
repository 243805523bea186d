"use client";
import { Search } from "lucide-react";
import { useRouter, useSearchParams } from "next/navigation";
import { type KeyboardEvent, useCallback, useEffect, useId, useRef, useState } from "react";
import { href, type Params, travelling } from "@/components/href.ts";
import { own } from "@/lib/order.ts";
import type { NavEntry } from "./nav.tsx";
import { setTheme } from "./theme-toggle.tsx";

interface Command {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly go?: string;
  readonly run?: () => void;
}

interface Found {
  readonly label: string;
  readonly hint: string;
  readonly path: string;
}

const SETTINGS: readonly Command[] = [
  { id: "light", label: "Light theme", hint: "Theme", run: () => setTheme("light") },
  { id: "dark", label: "Dark theme", hint: "Theme", run: () => setTheme("dark") },
  { id: "system", label: "System theme", hint: "Theme", run: () => setTheme("system") },
];

/** Other words for pages, by address. */
const ALIASES: Readonly<Record<string, string>> = {
  "/": "home dashboard capacity",
  "/overview": "home dashboard capacity",
  "/billing": "close month period finance statements corrections what changed",
  "/operations": "home admin data complete decisions connections gaps unassigned",
  "/users": "people submitters owners who",
  "/me": "my jobs notebooks idle mine",
  "/account": "settings preferences password sessions devices tokens sign out",
  "/statements": "close billing period invoice chargeback month csv pdf focus journal",
  "/reconciliation": "audit proof residual",
  "/prices": "rates price book currency exchange",
  "/teams": "rules cost centre mapping departments unassigned",
  "/policies": "shared cost unallocated distribution",
  "/costs": "external cost import",
  "/bills": "cloud bill aws azure google actual invoice comparison variance focus cur",
  "/sync": "data gaps backfill connections status runs prometheus run:ai",
  "/people": "users roles invitations groups api tokens",
  "/audit": "history changes who",
  "/reports": "export download csv",
  "/help": "glossary words classes shortcuts keyboard",
  "/gpus": "cards nodes map",
  "/spend": "cost trend money",
  "/idle": "waste unused stop",
  "/budgets": "forecast limit plan projection",
  "/rightsizing": "recommendations advice downsize fraction mig terminate spot upsize",
  "/savings": "realised saved done",
  "/quota": "deserved borrowed over quota stranded fragments queue",
  "/opencost": "opencost kubecost namespace cpu memory storage network comparison",
  "/burst": "gpu burst flag rented cloud",
  "/units": "unit cost per request token lead inference vllm llm",
};

/** Opens with ⌘ K or Ctrl K anywhere, and with `/` where the page has no search of its own; `?` leads to the list of keys. */
function useShortcuts(open: () => void, help: () => void) {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.matches("input, textarea, select, [contenteditable]");
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        open();
      } else if (event.key === "/" && !typing) {
        event.preventDefault();
        const search = document.querySelector<HTMLInputElement>("[data-search]");
        if (search) search.focus();
        else open();
      } else if (event.key === "?" && !typing) {
        event.preventDefault();
        help();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [open, help]);
}

/** `shortcut`: the keys as the reader's machine names them; `pages`: those that the viewer may open. */
export function CommandPalette({ shortcut, pages }: { shortcut: string; pages: readonly NavEntry[] }) {
  const [open, setOpen] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const [show] = useState(() => () => {
    setOpen(true);
    if (!dialog.current?.open) dialog.current?.showModal();
  });
  const router = useRouter();
  const help = useCallback(() => router.push("/help#keyboard"), [router]);
  useShortcuts(show, help);
  return (
    <>
      <button
        type="button"
        onClick={show}
        className="mr-auto flex h-8 w-full max-w-72 items-center gap-2 rounded-md border bg-raised px-2.5 text-sm text-faint hover:border-line-strong"
      >
        <Search size={14} aria-hidden="true" />
        <span className="truncate">Find a workload, user, team, page</span>
        <kbd className="ml-auto hidden font-sans text-2xs whitespace-nowrap sm:inline">{shortcut}</kbd>
      </button>
      <dialog
        ref={dialog}
        aria-label="Go to"
        onClose={() => setOpen(false)}
        onPointerDown={(event) => event.target === dialog.current && dialog.current.close()}
        className="m-auto mt-[12vh] w-[min(36rem,calc(100vw-2rem))] overflow-hidden rounded-xl border border-line-strong bg-ground p-0 text-ink shadow-2xl backdrop:bg-[rgb(0_0_0/0.35)]"
      >
        {open && <Palette pages={pages} onDone={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}

/** What the server finds; what it found before stays until it has answered. */
function useFound(words: string): readonly Found[] {
  const [found, setFound] = useState<readonly Found[]>([]);
  useEffect(() => {
    if (words.length < 2) return setFound([]);
    const stop = new AbortController();
    fetch(`/api/v1/search?q=${encodeURIComponent(words)}`, { signal: stop.signal })
      .then(async (answer) => answer.ok && setFound(((await answer.json()) as { results: Found[] }).results))
      .catch(() => undefined);
    return () => stop.abort();
  }, [words]);
  return found;
}

/** An address that may have parameters of its own, with those that travel. */
function withParams(path: string, params: Params): string {
  const [page = "/", query = ""] = path.split("?");
  return href(page, { ...params, ...Object.fromEntries(new URLSearchParams(query)) });
}

function usePaletteCommands(text: string, entries: readonly NavEntry[]): readonly Command[] {
  const params = travelling(Object.fromEntries(useSearchParams()));
  const words = text.trim().toLowerCase();
  const rest = useFound(words);
  const pages = entries.map((n): Command => ({ id: n.path, label: n.label, hint: "Page", go: href(n.path, params) }));
  const fixed = [...pages, ...SETTINGS].filter(
    (c) => c.label.toLowerCase().includes(words) || (words.length > 2 && own(ALIASES, c.id)?.includes(words)),
  );
  return [
    ...fixed,
    ...rest.map((r): Command => ({ id: r.path, label: r.label, hint: r.hint, go: withParams(r.path, params) })),
  ];
}

function Palette({ pages, onDone }: { pages: readonly NavEntry[]; onDone: () => void }) {
  const router = useRouter();
  const id = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const commands = usePaletteCommands(text, pages);
  const current = Math.min(at, commands.length - 1);
  const choose = (command: Command | undefined) => {
    if (!command) return;
    command.run?.();
    if (command.go) router.push(command.go);
    onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) {
      event.preventDefault();
      setAt((current + step + commands.length) % Math.max(1, commands.length));
    } else if (event.key === "Enter") choose(commands[current]);
  };
  return (
    <>
      <input
        type="text"
        // biome-ignore lint/a11y/noAutofocus: the dialog is opened to type into it.
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={commands[current] ? `${id}-${current}` : undefined}
        aria-label="Find a workload, project or page"
        placeholder="Find a workload, user, team, page"
        className="h-12 w-full border-b bg-transparent px-4 text-base outline-none placeholder:text-faint"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={id} role="listbox" aria-label="Results" className="max-h-[50vh] overflow-y-auto p-1.5">
        {commands.map((command, i) => (
          <div
            key={command.id}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === current}
            ref={(node) => {
              if (i === current) node?.scrollIntoView({ block: "nearest" });
            }}
            onPointerMove={() => setAt(i)}
            onClick={() => choose(command)}
            onKeyDown={onKeyDown}
            className={`flex h-9 cursor-pointer items-center justify-between gap-4 rounded-md px-2.5 text-sm ${i === current ? "bg-sunken" : ""}`}
          >
            <span className="truncate">{command.label}</span>
            <span className="shrink-0 text-xs text-faint">{command.hint}</span>
          </div>
        ))}
        {commands.length === 0 && <p className="px-2.5 py-6 text-center text-sm text-faint">No results.</p>}
      </div>
    </>
  );
}
