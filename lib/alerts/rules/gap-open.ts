import { counted, formatMoment } from "@/lib/format.ts";
import { DAY, formatSeconds, HOUR } from "@/lib/time.ts";
import { defineRule } from "./rule.ts";
import { listLongGaps, listOldGaps } from "./sync-load.ts";

export const gapOpen = defineRule({
  kind: "gap-open",
  title: "Gap in the data",
  help: "Samples of a cluster are missing and could not be filled for longer than this.",
  ...{ scope: "ledger", audience: "admin", severity: "warning", holdSeconds: 0, repeatSeconds: 0, recommended: true },
  threshold: { label: "Older than", unit: "seconds", least: HOUR, most: 60 * DAY, usual: 6 * HOUR },
  sample: () => ({
    title: "3 gaps in the data of prod-a",
    summary: "The oldest is 7 h old. Cost of that time is incomplete until it is filled.",
    facts: [
      { label: "Cluster", value: "prod-a" },
      { label: "Missing since", value: "20 Nov 2026, 08:00" },
      { label: "Cause", value: "source did not answer" },
    ],
    link: "/sync",
  }),
  async read(ctx, { threshold }) {
    const sums = await listOldGaps(ctx.db, ctx.now() - threshold);
    return sums.map(({ clusterId, cluster, gaps, oldestAt, cause }) => ({
      subject: `cluster/${clusterId}`.slice(0, 200),
      title: `${counted(gaps, "gap")} in the data of ${cluster}`,
      summary: `The oldest is ${formatSeconds(ctx.now() - oldestAt)} old. Cost of that time is incomplete until it is filled.`,
      facts: [
        { label: "Cluster", value: cluster },
        { label: "Missing since", value: formatMoment(oldestAt, ctx.ledger.zone) },
        { label: "Cause", value: cause },
      ],
      link: "/sync",
    }));
  },
  history: async (ctx, { threshold }, span) =>
    (await listLongGaps(ctx.db, threshold, span)).map(({ clusterId, at }) => ({
      ...{ subject: `cluster/${clusterId}`, at, title: `Gap in the data of ${clusterId}` },
    })),
});
