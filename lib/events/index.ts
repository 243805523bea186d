/**
 * Usage that leaves as CloudEvents: one event for each workload, hardware and bucket, a correction for each later change. Owns
 * `event_destinations`, `event_buckets` and `event_usage`; and, of events that collectors send to the ledger, the tables `collector_*`. What receivers that remember ids have is what the ledger has: each
 * interval once, whatever fails in between (docs/events.md).
 */
export {
  addDestination,
  archiveDestination,
  changeDestination,
  type DestinationInput,
  pauseDestination,
  sendFrom,
  sendRefusedAgain,
} from "./change.ts";
export { listVisibleDestinations, listVisibleRefused, previewEvent } from "./list.ts";
export { listReceivedDays, listRefusedReceived } from "./received/receive.ts";
export { type EventMeans, eventMeansOf, sendEvents, sendTo } from "./run.ts";
