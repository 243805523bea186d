"use client";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useOptimistic, useTransition } from "react";
import { href } from "./href.ts";

/** One filter of the address as a list to choose from. A change starts again at page one. */
export function FilterSelect({
  name,
  label,
  options,
  any,
}: {
  name: string;
  label: string;
  options: readonly { value: string; label: string }[];
  any: string;
}) {
  const router = useRouter();
  const path = usePathname();
  const params = Object.fromEntries(useSearchParams());
  const [pending, start] = useTransition();
  const given = params[name] ?? "";
  // What is no option does not hold: the page says so, and this does not show it as if it did.
  const known = (options.find((o) => o.value === given) ?? options.find((o) => o.label === given))?.value ?? "";
  // What was chosen stays chosen while its page is on the way.
  const [value, choose] = useOptimistic(known);
  return (
    <label className={`no-print inline-flex min-w-0 items-center ${pending ? "opacity-60" : ""}`}>
      <span className="sr-only">{label}</span>
      <select
        value={value}
        onChange={(event) =>
          start(() => {
            choose(event.target.value);
            router.push(href(path, params, { [name]: event.target.value, page: undefined }), { scroll: false });
          })
        }
        className={`h-8 max-w-38 min-w-0 truncate rounded-md border bg-ground px-2 text-sm hover:bg-raised ${
          value ? "border-accent font-medium text-accent" : "border-line-strong text-soft"
        }`}
      >
        <option value="">{any}</option>
        {options.map((o) => (
          <option key={o.value} value={o.value}>
            {o.label}
          </option>
        ))}
      </select>
    </label>
  );
}
