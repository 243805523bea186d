import type { Instant } from "@/lib/time.ts";
import { DEVICE_METRICS, spanAt } from "./device.ts";
import type { Labels } from "./prometheus/family.ts";
import { families } from "./prometheus/series.ts";
import type { Timeline } from "./timeline.ts";

const DEVICE_LABELS = [
  ...["gpu", "UUID", "device", "modelName", "GPU_I_PROFILE", "GPU_I_ID"],
  ...["Hostname", "hostname", "DCGM_FI_DRIVER_VERSION"],
];

/** Labels as the exporter itself writes them: before scraping, and with empty pod labels for a free card. */
function exporterLabels(labels: Labels): string {
  const value = new Map(labels);
  const own = DEVICE_LABELS.filter((n) => value.has(n)).map((n) => [n, value.get(n)] as const);
  const pod = ["container", "namespace", "pod"].map((n) => [n, value.get(`exported_${n}`) ?? ""] as const);
  return [...own, ...pod].map(([n, v]) => `${n}=${JSON.stringify(v)}`).join(",");
}

/**
 * The text that dcgm-exporter would show at an instant, all nodes on one page (a real exporter shows its own node).
 * `node` keeps to one of them.
 */
export function exporterPage(
  timeline: Timeline,
  lowercaseHostname: boolean,
): (at: Instant, node: string | null) => string {
  const known = families(timeline, { honorLabels: false, lowercaseHostname, profiling: true });
  return (at, node) => {
    const i = Math.floor(at / timeline.step);
    const lines: string[] = [];
    for (const metric of DEVICE_METRICS) {
      const family = known.get(metric.name)?.();
      if (!family) continue;
      lines.push(`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} gauge`);
      for (const s of family.series) {
        const piece = spanAt(s.pieces, i);
        if (!piece || (node !== null && s.card?.node.name !== node)) continue;
        lines.push(`${metric.name}{${exporterLabels(s.labels)}} ${family.at(s, piece, i) / 10 ** family.decimals}`);
      }
    }
    return `${lines.join("\n")}\n`;
  };
}
