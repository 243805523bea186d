import { Menu, X } from "lucide-react";
import type { ReactNode } from "react";
import { Nav, type NavGroup } from "./nav.tsx";

const ICON = "grid size-9 place-items-center rounded-md text-soft hover:bg-sunken";

/** The navigation on narrow screens: a sheet from the left, which a browser opens without a script. */
export function MobileNav({ brand, groups }: { brand: ReactNode; groups: readonly NavGroup[] }) {
  return (
    <>
      <button type="button" popoverTarget="menu" aria-label="Menu" className={`${ICON} lg:hidden`}>
        <Menu size={18} aria-hidden="true" />
      </button>
      <div
        id="menu"
        popover="auto"
        className="inset-y-0 left-0 h-dvh w-64 flex-col gap-4 overflow-y-auto border-0 border-r bg-ground p-3 text-ink open:flex backdrop:bg-[rgb(0_0_0/0.4)]"
      >
        <div className="flex items-center justify-between">
          {brand}
          <button type="button" popoverTarget="menu" aria-label="Close menu" className={ICON}>
            <X size={18} aria-hidden="true" />
          </button>
        </div>
        <Nav groups={groups} />
      </div>
    </>
  );
}
