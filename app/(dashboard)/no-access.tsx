"use client";
import { usePathname } from "next/navigation";

/** Says what the page needs and whom to ask. @param needs by path; `#` stands for a number. */
export function NoAccess({ title, needs }: { title: string; needs: Readonly<Record<string, string>> }) {
  const here = usePathname().replace(/\/\d+(?=\/|$)/g, "/#");
  const page = Object.keys(needs)
    .filter((path) => here === path || (path !== "/" && here.startsWith(`${path}/`)))
    .sort((a, b) => b.length - a.length)[0];
  return (
    <div className="max-w-prose">
      <h1 className="text-xl font-semibold">{title}</h1>
      <p className="mt-2 text-soft">
        {page === undefined ? "Ask an administrator for access." : needs[page]}{" "}
        <a href="/account" className="text-accent underline underline-offset-2">
          Your account
        </a>{" "}
        lists what you may do.
      </p>
    </div>
  );
}
