"use client";
import { usePathname } from "next/navigation";

interface Need {
  readonly path: string;
  readonly words: string;
  readonly roles: readonly string[];
}

/** Says what the page needs and whom to ask. */
export function NoAccess({ title, pages }: { title: string; pages: readonly Need[] }) {
  const here = usePathname();
  const need = pages
    .filter((p) => here === p.path || (p.path !== "/" && here.startsWith(`${p.path}/`)))
    .sort((a, b) => b.path.length - a.path.length)[0];
  return (
    <div className="max-w-prose">
      <h1 className="text-xl font-semibold">{title}</h1>
      <p className="mt-2 text-soft">
        {need && `To ${need.words} you need the role ${orList(need.roles)}. `}
        Ask an administrator for access.{" "}
        <a href="/account" className="text-accent underline underline-offset-2">
          Your account
        </a>{" "}
        lists what you may do.
      </p>
    </div>
  );
}

const orList = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
