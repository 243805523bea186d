import type { ReactNode } from "react";
import { buttonLook } from "./button.tsx";

/** What is to be read before it is done. */
export function Panel({
  title,
  children,
  className = "",
}: {
  title?: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    <div className={`rounded-md bg-raised p-4 text-sm ${className}`}>
      {title && <p className="mb-1 font-medium">{title}</p>}
      {children}
    </div>
  );
}

/** An act that is opened first, then done: its panel says what it does. */
export function Guarded({ label, children }: { label: string; children: ReactNode }) {
  return (
    <details className="no-print text-left text-sm whitespace-normal">
      <summary className={buttonLook("plain", "small")}>{label}</summary>
      <Panel className="mt-2">{children}</Panel>
    </details>
  );
}
