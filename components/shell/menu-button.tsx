import { Menu, X } from "lucide-react";

/** On narrow screens, where the navigation is a sheet that a browser opens without a script (`sheet` in globals.css). */
export function MenuButton({ label }: { label: "Menu" | "Close menu" }) {
  const Icon = label === "Menu" ? Menu : X;
  return (
    <button
      type="button"
      popoverTarget="menu"
      aria-label={label}
      className="grid size-9 place-items-center rounded-md text-soft hover:bg-sunken lg:hidden"
    >
      <Icon size={18} aria-hidden="true" />
    </button>
  );
}
