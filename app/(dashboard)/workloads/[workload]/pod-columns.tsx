import { formatGpus, formatMoment, formatSpan } from "@/components/format.ts";
import { Phase } from "@/components/phase.tsx";
import { Unknown } from "@/components/quantity.tsx";
import { countField, gpusField, instantField, textField } from "@/components/table-fields.ts";
import type { TableColumn } from "@/components/table-view.ts";
import type { PodRow } from "@/lib/pages/workload.ts";

/** The columns of a workload's pods and of their download. A pod that runs has no end, and holds until now. */
export const podColumns = (now: number): readonly TableColumn<PodRow>[] => {
  const ended = (p: PodRow) => (p.startedAt === null || p.endedAt > now ? null : p.endedAt);
  const heldFor = (p: PodRow) => (p.startedAt === null ? null : Math.min(p.endedAt, now) - p.startedAt);
  return [
    {
      key: "pod",
      label: "Pod",
      order: (p) => p.name,
      className: "max-w-60 truncate",
      cell: (p) => <span title={p.name}>{p.name}</span>,
      fields: [textField("pod", (p) => p.name), textField("pod_id", (p) => p.id)],
    },
    {
      key: "node",
      label: "Node",
      order: (p) => p.node || null,
      className: "whitespace-nowrap",
      cell: (p) => p.node || <Unknown why="Not placed on a node" />,
      fields: [textField("node", (p) => p.node)],
    },
    {
      key: "phase",
      label: "Phase",
      order: (p) => p.phase,
      cell: (p) => <Phase of={p.phase} />,
      fields: [textField("phase", (p) => p.phase)],
    },
    {
      key: "gpus",
      label: "GPUs",
      right: true,
      order: (p) => p.gpuMilli,
      cell: (p) => formatGpus(p.gpuMilli),
      fields: [gpusField("gpus", (p) => (p.gpuMilli === null ? null : p.gpuMilli / 1000))],
    },
    {
      key: "started",
      label: "Started",
      right: true,
      order: (p) => p.startedAt,
      cell: (p, { zone }) => (p.startedAt === null ? <Unknown why="Never started" /> : formatMoment(p.startedAt, zone)),
      fields: [instantField("started_at", (p) => p.startedAt)],
    },
    {
      key: "ended",
      label: "Ended",
      right: true,
      extra: true,
      order: ended,
      cell: (p, { zone }) => {
        const at = ended(p);
        return at === null ? <Unknown why="It has not ended" /> : formatMoment(at, zone);
      },
      fields: [instantField("ended_at", ended)],
    },
    {
      key: "held",
      label: "Held for",
      right: true,
      order: heldFor,
      cell: (p) => {
        const seconds = heldFor(p);
        return (
          <>
            {seconds === null ? <Unknown why="Never started" /> : formatSpan(seconds)}
            {seconds !== null && p.endedAt > now && <span className="text-faint"> so far</span>}
          </>
        );
      },
      fields: [countField("held_seconds", heldFor)],
    },
  ];
};
