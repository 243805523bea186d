/** One of a few views, as links. */
export function Switch({
  label,
  options,
}: {
  label: string;
  options: readonly { label: string; href: string; active: boolean }[];
}) {
  return (
    <nav aria-label={label} className="no-print inline-flex rounded-md bg-sunken p-0.5 text-xs">
      {options.map((o) => (
        <a
          key={o.label}
          href={o.href}
          data-stay=""
          aria-current={o.active ? "true" : undefined}
          className={`rounded-[5px] px-2.5 py-1 ${o.active ? "bg-ground font-medium shadow-xs" : "text-soft hover:text-ink"}`}
        >
          {o.label}
        </a>
      ))}
    </nav>
  );
}
