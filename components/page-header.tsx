import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

/** The head of a page: where it is, what it is, and its controls. */
export function PageHeader({
  title,
  children,
  trail = [],
  controls,
  notice,
}: {
  title: ReactNode;
  children?: ReactNode;
  trail?: readonly { label: string; href: string }[];
  controls?: ReactNode;
  notice?: string | null;
}) {
  return (
    <>
      {trail.length > 0 && (
        <nav aria-label="Breadcrumb" className="no-print mb-1 text-xs text-faint">
          {trail.map((step) => (
            <span key={step.href}>
              <a href={step.href} className="hover:text-ink hover:underline">
                {step.label}
              </a>
              <span aria-hidden="true" className="mx-1.5">
                /
              </span>
            </span>
          ))}
        </nav>
      )}
      <div className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-xl font-semibold tracking-tight break-words">{title}</h1>
          {children && <div className="mt-0.5 text-sm text-soft">{children}</div>}
        </div>
        {controls && <div className="flex max-w-full flex-wrap items-center gap-2">{controls}</div>}
      </div>
      {notice && <Notice>{notice}</Notice>}
    </>
  );
}

/** Something the reader should know before the figures. */
export function Notice({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="mb-5 flex items-start gap-2 rounded-md bg-warn-wash px-3 py-2 text-sm text-warn">
      <TriangleAlert size={15} aria-hidden="true" className="mt-0.5 shrink-0" />
      <span>{children}</span>
    </p>
  );
}

/** A part of a page, with its own head. */
export function Section({
  title,
  note,
  controls,
  children,
  id,
}: {
  title: string;
  note?: ReactNode;
  controls?: ReactNode;
  children: ReactNode;
  id?: string;
}) {
  return (
    <section aria-labelledby={id ?? slug(title)} className="mt-10 min-w-0 [.grid>&]:mt-0 first:mt-0">
      <div className="mb-3 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1.5">
        <div className="flex flex-wrap items-baseline gap-x-3">
          <h2 id={id ?? slug(title)} className="text-lg font-semibold">
            {title}
          </h2>
          {note && <p className="text-xs text-faint">{note}</p>}
        </div>
        {controls && <div className="no-print min-w-0 max-w-full">{controls}</div>}
      </div>
      {children}
    </section>
  );
}

const slug = (title: string) => title.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** What to do when there is nothing to show. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="rounded-lg border border-dashed border-line-strong px-6 py-10 text-center">
      <p className="font-medium">{title}</p>
      {children && <div className="mx-auto mt-1 max-w-prose text-sm text-soft">{children}</div>}
    </div>
  );
}
