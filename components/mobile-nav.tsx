"use client";
import { Menu, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { Nav, type NavGroup } from "./nav.tsx";

/** The navigation on narrow screens: a sheet from the left. */
export function MobileNav({ brand, groups }: { brand: ReactNode; groups: readonly NavGroup[] }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger
        className="grid size-9 place-items-center rounded-md text-soft hover:bg-sunken lg:hidden"
        aria-label="Menu"
      >
        <Menu size={18} aria-hidden="true" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[rgb(0_0_0/0.4)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 flex w-64 flex-col gap-4 overflow-y-auto border-r bg-ground p-3"
        >
          <div className="flex items-center justify-between">
            {brand}
            <Dialog.Title className="sr-only">Menu</Dialog.Title>
            <Dialog.Close
              className="grid size-9 place-items-center rounded-md text-soft hover:bg-sunken"
              aria-label="Close menu"
            >
              <X size={18} aria-hidden="true" />
            </Dialog.Close>
          </div>
          <Nav groups={groups} onNavigate={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
