import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { findPlaces } from "./places.ts";
import { listPlannedEvents } from "./store.ts";
import type { PlannedEvent } from "./types.ts";

/** A planned event with what its scope is called. */
export interface VisibleEvent extends PlannedEvent {
  readonly name: string;
  readonly recordedBy: string;
}

/** Planned events of scopes that the viewer may see, by first day. @throws AppError `forbidden`. */
export async function listVisibleEvents(ctx: Ctx): Promise<VisibleEvent[]> {
  allow(ctx.viewer, "budgets.read");
  const [events, places] = await Promise.all([listPlannedEvents(ctx.db), findPlaces(ctx)]);
  return events
    .filter(({ scope }) => places.maySee(scope))
    .map((event) => ({ ...event, name: places.name(event.scope) }));
}
