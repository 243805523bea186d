import { PageLink } from "@/app/page-link.tsx";

/** Something that waits for a person. */
export interface Waiting {
  readonly key: string;
  /** `blocks`: something stands still until it is decided. `soon`: it will. `know`: good to know. */
  readonly weight: "blocks" | "soon" | "know";
  readonly title: string;
  readonly detail?: string;
  readonly to: string;
  /** What the link does, as a verb. */
  readonly act: string;
}

const WORDS = { blocks: "Blocks", soon: "To do", know: "Note" } as const;
const LOOK = {
  blocks: "bg-bad-wash text-bad",
  soon: "bg-warn-wash text-warn",
  know: "bg-sunken text-soft",
} as const;

/** What waits for a decision, what blocks first; each with the way to where it is decided. */
export function WaitingList({ items, empty }: { items: readonly Waiting[]; empty: string }) {
  if (items.length === 0)
    return (
      <p className="flex items-center gap-2 text-sm text-soft">
        <span aria-hidden="true" className="text-good">
          ✓
        </span>
        {empty}
      </p>
    );
  const order = Object.keys(WORDS);
  return (
    <ul className="border-t text-sm">
      {[...items]
        .sort((a, b) => order.indexOf(a.weight) - order.indexOf(b.weight))
        .map((item) => (
          <li key={item.key} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 border-b py-2">
            <span
              className={`w-14 shrink-0 rounded px-1.5 py-0.5 text-center text-2xs font-medium ${LOOK[item.weight]}`}
            >
              {WORDS[item.weight]}
            </span>
            <span className="min-w-0 flex-1 basis-60">
              <span className="font-medium break-words">{item.title}</span>
              {item.detail && <span className="text-soft"> {item.detail}</span>}
            </span>
            <span className="ml-17 sm:ml-0">
              <PageLink to={item.to} otherwise={null}>
                {item.act}
              </PageLink>
            </span>
          </li>
        ))}
    </ul>
  );
}
