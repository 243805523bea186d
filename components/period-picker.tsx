"use client";
import { Calendar, Check, ChevronDown } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { type FormEvent, useRef } from "react";
import { href } from "./href.ts";
import { Button } from "./ui/button.tsx";
import { TextField } from "./ui/field.tsx";

const NAMED = [
  ["today", "Today"],
  ["yesterday", "Yesterday"],
  ["last-7-days", "Last 7 days"],
  ["last-30-days", "Last 30 days"],
  ["this-month", "This month"],
  ["last-month", "Last month"],
  ["this-quarter", "This quarter"],
  ["last-quarter", "Last quarter"],
  ["this-year", "This year"],
] as const;
const NONE = { period: undefined, month: undefined, from: undefined, to: undefined, page: undefined };

interface PickerProps {
  readonly label: string;
  readonly range: string;
  readonly zone: string;
  readonly firstDay: string;
  readonly lastDay: string;
  /** Months or fiscal periods, the newest first, with what they are called. */
  readonly recent: readonly { readonly id: string; readonly text: string }[];
}

/** The one period picker. Days are of the billing zone; `to` in the address is the first day that does not count. */
export function PeriodPicker({ label, range, zone, firstDay, lastDay, recent }: PickerProps) {
  const menu = useRef<HTMLDivElement>(null);
  const router = useRouter();
  const path = usePathname();
  const params = Object.fromEntries(useSearchParams());
  const current = params.from ? "" : params.month || params.period || "this-month";
  const close = () => menu.current?.hidePopover();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const next = new Date(`${data.get("last")}T00:00:00Z`);
    next.setUTCDate(next.getUTCDate() + 1);
    router.push(href(path, params, { ...NONE, from: String(data.get("first")), to: next.toISOString().slice(0, 10) }));
    close();
  };
  return (
    <>
      <Button popoverTarget="period-menu">
        <Calendar size={14} aria-hidden="true" className="text-faint" />
        <span className="sr-only">Period: </span>
        {NAMED.find(([name]) => name === label)?.[1] ?? label}
        <span className="hidden font-normal text-faint sm:inline">{range}</span>
        <ChevronDown size={14} aria-hidden="true" className="text-faint" />
      </Button>
      <div ref={menu} id="period-menu" popover="auto" className="menu">
        <ul>
          {NAMED.map(([name, text]) => (
            <li key={name}>
              <a
                href={href(path, params, { ...NONE, period: name })}
                onClick={close}
                aria-current={current === name ? "true" : undefined}
                className="flex h-8 items-center justify-between rounded-md px-2 hover:bg-sunken"
              >
                {text}
                {current === name && <Check size={14} aria-hidden="true" className="text-accent" />}
              </a>
            </li>
          ))}
        </ul>
        <p className="mt-1.5 border-t px-2 pt-2 text-2xs text-faint">Months and billing periods</p>
        <ul className="grid grid-cols-3">
          {recent.map(({ id, text }) => (
            <li key={id}>
              <a
                href={href(path, params, { ...NONE, period: id })}
                onClick={close}
                aria-current={current === id ? "true" : undefined}
                className="flex h-8 items-center rounded-md px-2 text-xs tabular-nums hover:bg-sunken aria-[current]:font-semibold aria-[current]:text-accent"
              >
                {text}
              </a>
            </li>
          ))}
        </ul>
        <form onSubmit={submit} className="mt-1.5 grid gap-2 border-t px-2 pt-2.5 pb-1">
          <TextField type="date" name="first" label="First day" value={firstDay} />
          <TextField type="date" name="last" label="Last day" value={lastDay} />
          <Button type="submit" look="strong">
            Show these days
          </Button>
        </form>
        <p className="px-2 pt-1 pb-1.5 text-2xs text-faint">Days begin at midnight in {zone}.</p>
      </div>
    </>
  );
}
