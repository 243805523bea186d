import { Unknown } from "./quantity.tsx";

const TONES: Record<string, string> = {
  running: "bg-good",
  pending: "bg-warn",
  initializing: "bg-warn",
  failed: "bg-bad",
  degraded: "bg-bad",
  unknown: "bg-bad",
};

/** The phase of a workload or pod, as its source names it. */
export function Phase({ of }: { of: string }) {
  if (!of) return <Unknown />;
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span aria-hidden="true" className={`size-1.5 rounded-full ${TONES[of.toLowerCase()] ?? "bg-line-strong"}`} />
      {of}
    </span>
  );
}
