import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures/test.ts";

/** Compressed bytes that a page may load at first. */
const MOST_SCRIPT = 170_000;
const MOST_DOCUMENT = 120_000;
/** How far it may move while it does; 0.1 is good. */
const MOST_SHIFT = 0.02;

interface Weight {
  readonly script: number;
  readonly document: number;
  readonly shift: number;
}

/** Adds up how far a page moves from its first paint on. */
const watchShifts = (page: Page) =>
  page.addInitScript(() => {
    const place = window as unknown as { shifted: number };
    place.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
        if (!entry.hadRecentInput) place.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });

async function weigh(page: Page, path: string): Promise<Weight> {
  await page.goto(path, { waitUntil: "networkidle" });
  return page.evaluate(() => {
    const sizes = (list: readonly PerformanceEntry[]) =>
      (list as readonly PerformanceResourceTiming[]).reduce((sum, e) => sum + e.encodedBodySize, 0);
    return {
      script: sizes(performance.getEntriesByType("resource").filter((e) => new URL(e.name).pathname.endsWith(".js"))),
      document: sizes(performance.getEntriesByType("navigation")),
      shift: (window as unknown as { shifted: number }).shifted,
    };
  });
}

test("no page of the navigation loads more than it may, or moves while it loads", async ({ page }) => {
  await watchShifts(page);
  await page.goto("/");
  const links = page.getByRole("navigation", { name: "Main" }).getByRole("link");
  const paths = await links.evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? ""));
  expect(paths.length).toBeGreaterThan(20);
  const more = ["/gpus?view=table", "/reports/idle-cost", "/reports/suspicious", "/teams/11", "/alerts/rules"];
  const weights = new Map<string, Weight>();
  for (const path of [...paths, ...more]) weights.set(path, await weigh(page, path));
  const above = (of: keyof Weight, most: number) =>
    [...weights].filter(([, w]) => w[of] > most).map(([path, w]) => `${path}: ${of} ${w[of]}`);
  expect([...above("script", MOST_SCRIPT), ...above("document", MOST_DOCUMENT), ...above("shift", MOST_SHIFT)]).toEqual(
    [],
  );
  // A page without any script would be a page that was not looked at.
  for (const [path, { script, document }] of weights)
    expect([path, script > 50_000, document > 3000]).toEqual([path, true, true]);
});
