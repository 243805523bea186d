import { own } from "@/lib/order.ts";

const TONES: Record<string, string> = {
  running: "",
  pending: " tone-warn",
  initializing: " tone-warn",
  failed: " tone-bad",
  degraded: " tone-bad",
  unknown: " tone-bad",
};

/** The phase of a workload or pod, as its source names it. */
export function Phase({ of }: { of: string }) {
  return of ? <span className={`dot${own(TONES, of.toLowerCase()) ?? " tone-none"}`}>{of}</span> : "–";
}
