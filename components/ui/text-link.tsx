import type { ReactNode } from "react";

/** A link in the text of a page. */
export function TextLink({ to, children, stay = false }: { to: string; children: ReactNode; stay?: boolean }) {
  return (
    <a
      href={to}
      {...(stay ? { "data-stay": "" } : {})}
      className="font-medium decoration-line-strong underline-offset-2 hover:underline"
    >
      {children}
    </a>
  );
}
