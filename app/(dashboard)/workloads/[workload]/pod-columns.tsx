import { formatSpan } from "@/components/format.ts";
import { Phase } from "@/components/phase.tsx";
import { count, gpus, instant, text, textField } from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import type { PodRow } from "@/lib/pages/workload.ts";

/** The columns of a workload's pods and of their download. A pod that runs has no end, and holds until now. */
export const podColumns = (now: number): readonly TableColumn<PodRow>[] => {
  const ended = (p: PodRow) => (p.startedAt === null || p.endedAt > now ? null : p.endedAt);
  const heldFor = (p: PodRow) => (p.startedAt === null ? null : Math.min(p.endedAt, now) - p.startedAt);
  return [
    text("pod", "Pod", (p) => p.name, {
      look: ["cut"],
      fields: [textField("pod", (p) => p.name), textField("pod_id", (p) => p.id)],
    }),
    text("node", "Node", (p) => p.node, { look: ["whole"], unknown: "Not placed on a node" }),
    text("phase", "Phase", (p) => p.phase, { cell: (p) => <Phase of={p.phase} /> }),
    gpus("gpus", "GPUs", (p) => (p.gpuMilli === null ? null : p.gpuMilli / 1000), { lead: true }),
    instant("started", "Started", (p) => p.startedAt, {
      ...{ header: "started_at", look: ["whole"], unknown: "Never started" },
    }),
    instant("ended", "Ended", ended, {
      ...{ header: "ended_at", look: ["whole"], extra: true, unknown: "It has not ended" },
    }),
    count("held", "Held for", heldFor, {
      header: "held_seconds",
      unknown: "Never started",
      cell: (p) => {
        const seconds = heldFor(p);
        return seconds === null ? "–" : `${formatSpan(seconds)}${p.endedAt > now ? " so far" : ""}`;
      },
    }),
  ];
};
