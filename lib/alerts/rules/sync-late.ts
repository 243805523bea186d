import { formatMoment } from "@/lib/format.ts";
import { DAY, formatSeconds, MINUTE } from "@/lib/time.ts";
import { defineRule } from "./rule.ts";
import { findLastSync, listSyncEnds } from "./sync-load.ts";

export const syncLate = defineRule({
  kind: "sync-late",
  title: "Sync is late",
  help: "The last sync that read something is longer ago than this.",
  ...{
    scope: "ledger",
    audience: "admin",
    severity: "critical",
    holdSeconds: 0,
    repeatSeconds: DAY,
    recommended: true,
  },
  threshold: { label: "Later than", unit: "seconds", least: 5 * MINUTE, most: 7 * DAY, usual: 30 * MINUTE },
  sample: () => ({
    title: "No sync for 2 h",
    summary: "Figures stop at the last sync. Gaps are filled once the source answers again.",
    facts: [
      { label: "Last sync", value: "20 Nov 2026, 08:00" },
      { label: "Last error", value: "connection refused" },
    ],
    link: "/sync",
  }),
  async read(ctx, { threshold }) {
    const last = await findLastSync(ctx.db);
    const late = last === null ? 0 : ctx.now() - last.at;
    if (last === null || late <= threshold) return [];
    return [
      {
        subject: "sync",
        title: `No sync for ${formatSeconds(late)}`,
        summary: "Figures stop at the last sync. Gaps are filled once the source answers again.",
        facts: [
          { label: "Last sync", value: formatMoment(last.at, ctx.ledger.zone) },
          ...(last.error ? [{ label: "Last error", value: last.error.slice(0, 500) }] : []),
        ],
        link: "/sync",
      },
    ];
  },
  async history(ctx, { threshold }, { start, end }) {
    const ends = [...(await listSyncEnds(ctx.db, start)).filter((at) => at < end)];
    const first = ends[0];
    if (first === undefined) return null;
    const pauses = [...ends, Math.min(end, ctx.now())].map((at, i, all) => ({ at: all[i - 1] ?? at, until: at }));
    return pauses
      .filter(({ at, until }) => until - at > threshold)
      .map(({ at, until }) => ({
        subject: "sync",
        at: at + threshold,
        title: `No sync for ${formatSeconds(until - at)}`,
      }));
  },
});
