"use client";
import { Calendar, Check, ChevronDown } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { Popover } from "radix-ui";
import { type FormEvent, useState } from "react";
import { href } from "./href.ts";

const NAMED = [
  ["today", "Today"],
  ["last-7-days", "Last 7 days"],
  ["last-30-days", "Last 30 days"],
  ["this-month", "This month"],
  ["last-month", "Last month"],
] as const;

/** The one period picker. Days are of the billing zone; `to` in the address is the first day that does not count. */
export function PeriodPicker({ label, range, zone, firstDay, lastDay }: PickerProps) {
  const [open, setOpen] = useState(false);
  const path = usePathname();
  const params = Object.fromEntries(useSearchParams());
  const custom = Boolean(params.from || params.month);
  const current = custom ? "" : params.period || "this-month";
  const to = (patch: Record<string, string | undefined>) =>
    href(path, params, {
      period: undefined,
      month: undefined,
      from: undefined,
      to: undefined,
      page: undefined,
      ...patch,
    });
  const title = NAMED.find(([name]) => name === label)?.[1] ?? label;
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        data-period-picker
        className="no-print inline-flex h-8 items-center gap-2 rounded-md border border-line-strong bg-ground px-2.5 text-sm hover:bg-raised"
      >
        <Calendar size={14} aria-hidden="true" className="text-faint" />
        <span className="sr-only">Period: </span>
        <span className="font-medium">{title}</span>
        <span className="hidden text-faint sm:inline">{range}</span>
        <ChevronDown size={14} aria-hidden="true" className="text-faint" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          aria-label="Choose a period"
          className="z-50 w-64 rounded-lg border border-line-strong bg-ground p-1.5 text-sm shadow-lg"
        >
          <ul>
            {NAMED.map(([name, text]) => (
              <li key={name}>
                <Link
                  href={to({ period: name })}
                  prefetch={false}
                  onClick={() => setOpen(false)}
                  aria-current={current === name ? "true" : undefined}
                  className="flex h-8 items-center justify-between rounded-md px-2 hover:bg-sunken"
                >
                  {text}
                  {current === name && <Check size={14} aria-hidden="true" className="text-accent" />}
                </Link>
              </li>
            ))}
          </ul>
          <CustomRange firstDay={firstDay} lastDay={lastDay} target={to} onDone={() => setOpen(false)} />
          <p className="px-2 pt-1 pb-1.5 text-2xs text-faint">Days begin at midnight in {zone}.</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface PickerProps {
  label: string;
  range: string;
  zone: string;
  firstDay: string;
  lastDay: string;
}

function CustomRange({
  firstDay,
  lastDay,
  target,
  onDone,
}: {
  firstDay: string;
  lastDay: string;
  target: (patch: Record<string, string>) => string;
  onDone: () => void;
}) {
  const router = useRouter();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const next = new Date(`${data.get("last")}T00:00:00Z`);
    next.setUTCDate(next.getUTCDate() + 1);
    router.push(target({ from: String(data.get("first")), to: next.toISOString().slice(0, 10) }));
    onDone();
  };
  return (
    <form onSubmit={submit} className="mt-1.5 grid grid-cols-2 gap-2 border-t px-2 pt-2.5 pb-1">
      {(
        [
          ["first", "First day", firstDay],
          ["last", "Last day", lastDay],
        ] as const
      ).map(([name, text, value]) => (
        <label key={name} className="grid gap-1 text-2xs text-faint">
          {text}
          <input
            type="date"
            name={name}
            required
            defaultValue={value}
            className="h-8 min-w-0 rounded-md border border-line-strong bg-ground px-1.5 text-xs text-ink"
          />
        </label>
      ))}
      <button
        type="submit"
        className="col-span-2 h-8 rounded-md bg-accent text-sm font-medium text-accent-ink hover:opacity-90"
      >
        Show these days
      </button>
    </form>
  );
}
