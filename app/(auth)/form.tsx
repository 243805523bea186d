import type { ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";

export { TextField } from "@/components/ui/field.tsx";

/** The one act of a page before sign-in. */
export const Submit = ({ children }: { children: ReactNode }) => (
  <Button type="submit" look="strong">
    {children}
  </Button>
);

export const Problem = ({ children }: { children: ReactNode }) => (
  <p role="alert" className="mb-4 rounded-md border border-bad/40 bg-bad/5 px-3 py-2 text-sm text-bad">
    {children}
  </p>
);

export const Panel = ({ children }: { children: ReactNode }) => (
  <div className="rounded-lg border bg-raised p-6 shadow-sm">{children}</div>
);
