import type { z } from "zod";
import type { Post, Reply } from "@/lib/alerts/channels/post.ts";
import type { CloudEvent } from "@/lib/events/types.ts";

/** One part of a destination's settings, as its form shows it. */
export interface DestinationField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  /** Stored encrypted, and never shown again. */
  readonly secret?: true;
  readonly required?: true;
  /** Where the secrets are sent: who changes it enters them again. */
  readonly receives?: true;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
}

export type Secrets = Readonly<Record<string, string | undefined>>;

/** One request with some events. */
export interface EventRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a reply means for the events of a request. */
export type Verdict =
  | { readonly kind: "accepted" }
  /** At least one event cannot be taken, so none was, or the request is too large: smaller requests find which. */
  | { readonly kind: "refused"; readonly reason: string }
  /** No event is at fault: all are sent again later. */
  | { readonly kind: "later"; readonly reason: string; readonly retryAfterSeconds?: number | undefined };

/** A kind of destination: one folder, and one line in the list. */
export interface DestinationDefinition<S extends z.ZodType = z.ZodType> {
  /** Stored with destinations: never change it. */
  readonly kind: string;
  readonly title: string;
  readonly help: string;
  readonly fields: readonly DestinationField[];
  /** Of the fields that are not secret. */
  readonly settings: S;
  /** Most events of a request. */
  readonly batch: number;
  readonly request: (events: readonly CloudEvent[], settings: z.output<S>, secrets: Secrets) => EventRequest;
  readonly read: (reply: Reply) => Verdict;
}

export const defineDestination = <S extends z.ZodType>(definition: DestinationDefinition<S>): DestinationDefinition =>
  definition as unknown as DestinationDefinition;

export type { Post, Reply };
