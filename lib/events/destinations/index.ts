import { AppError } from "@/lib/errors.ts";
import type { DestinationDefinition } from "./destination.ts";
import { http } from "./http/index.ts";
import { konnect } from "./konnect/index.ts";
import { openmeter } from "./openmeter/index.ts";

/** Every kind of destination, in the order of the list that people choose from. */
export const DESTINATIONS: readonly DestinationDefinition[] = [openmeter, konnect, http];

/** @throws AppError `not_found`. */
export function getDestinationKind(kind: string): DestinationDefinition {
  const found = DESTINATIONS.find((destination) => destination.kind === kind);
  if (found) return found;
  const kinds = DESTINATIONS.map((d) => d.kind).join(", ");
  throw new AppError("not_found", `"${kind}" is not a kind of destination. It is one of ${kinds}.`);
}

export type {
  DestinationDefinition,
  DestinationField,
  EventRequest,
  Post,
  Secrets,
  Verdict,
} from "./destination.ts";
