import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/** The browser that E2E_CHROMIUM names, else the system's: first the one without windows, which takes half the time. */
export const chromiumPath = (): string =>
  process.env.E2E_CHROMIUM ?? PLACES.find((place) => existsSync(place)) ?? "/usr/bin/chromium";
