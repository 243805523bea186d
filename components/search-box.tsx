"use client";
import { Search } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { href } from "./href.ts";

const WAIT_MS = 250;

/** Free-text search of a list; the text is `q` in the address. Without scripts it is a plain form. */
export function SearchBox({ label, placeholder }: { label: string; placeholder: string }) {
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const [text, setText] = useState(search.get("q") ?? "");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const go = (q: string) =>
    router.replace(href(path, Object.fromEntries(search), { q: q.trim(), page: undefined }), { scroll: false });
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <search className="w-full sm:w-56">
      <form
        action={path}
        onSubmit={(event) => {
          event.preventDefault();
          clearTimeout(timer.current);
          go(text);
        }}
        className="relative"
      >
        <Search size={14} aria-hidden="true" className="pointer-events-none absolute top-2.25 left-2.5 text-faint" />
        <input
          type="search"
          name="q"
          data-search
          aria-label={label}
          placeholder={placeholder}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            clearTimeout(timer.current);
            timer.current = setTimeout(go, WAIT_MS, event.target.value);
          }}
          className="h-8 w-full rounded-md border border-line-strong bg-ground pr-2 pl-8 text-sm placeholder:text-faint"
        />
      </form>
    </search>
  );
}
