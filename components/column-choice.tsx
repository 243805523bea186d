"use client";
import { Columns3 } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { Popover } from "radix-ui";
import { useState } from "react";
import { href } from "./href.ts";

/** Which columns the table and its download have; kept in the address. */
export function ColumnChoice({
  name = "cols",
  all,
  chosen,
}: {
  name?: string;
  all: readonly { key: string; label: string }[];
  chosen: readonly string[];
}) {
  const router = useRouter();
  const path = usePathname();
  const params = Object.fromEntries(useSearchParams());
  const [ticked, setTicked] = useState(chosen);
  const toggle = (key: string) => {
    const next = all.map((c) => c.key).filter((k) => (k === key ? !ticked.includes(k) : ticked.includes(k)));
    setTicked(next);
    router.replace(href(path, params, { [name]: next.join(",") }), { scroll: false });
  };
  return (
    <Popover.Root>
      <Popover.Trigger className="no-print inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong px-2.5 text-sm hover:bg-raised">
        <Columns3 size={14} aria-hidden="true" className="text-faint" />
        Columns
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          aria-label="Columns"
          className="z-50 max-h-[min(26rem,var(--radix-popover-content-available-height))] w-60 overflow-y-auto rounded-lg border border-line-strong bg-ground p-1.5 text-sm shadow-lg"
        >
          {all.map((c) => (
            <label key={c.key} className="flex h-8 items-center gap-2 rounded-md px-2 hover:bg-sunken">
              <input
                type="checkbox"
                className="accent-(--accent)"
                checked={ticked.includes(c.key)}
                disabled={c.key === all[0]?.key}
                onChange={() => toggle(c.key)}
              />
              <span className="truncate">{c.label}</span>
            </label>
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
