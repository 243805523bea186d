"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { setCookie } from "./cookie.ts";

const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
const ICONS = { system: Monitor, light: Sun, dark: Moon };

/** Sets the theme now, and for the next visit; the server reads the cookie, so nothing flashes. */
export function setTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  setCookie("theme", theme);
}

export function ThemeToggle({ initial }: { initial: Theme }) {
  const [theme, setShown] = useState<Theme>(initial);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const Icon = ICONS[theme];
  return (
    <button
      type="button"
      title={`Theme: ${theme}. Switch to ${next}.`}
      aria-label={`Theme: ${theme}. Switch to ${next}.`}
      className="grid size-8 place-items-center rounded-md text-faint hover:bg-sunken hover:text-ink"
      onClick={() => {
        setTheme(next);
        setShown(next);
      }}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  );
}
