import type { z } from "zod";
import type { Message } from "@/lib/alerts/types.ts";
import type { Mailer } from "@/lib/mail/index.ts";
import type { Post } from "./post.ts";

/** What became of one attempt. */
export interface Outcome {
  /**
   * `sent`: the receiver has it. `accepted`: it queued it, and does not say whether it was shown. `retry`: it may work later.
   * `failed`: it never will. `closed`: the receiver no longer takes messages, so the channel is disabled.
   */
  readonly result: "sent" | "accepted" | "retry" | "failed" | "closed";
  /** HTTP status or SMTP reply code; 0: no reply. */
  readonly status: number;
  /** The start of the reply or what went wrong, without secrets. */
  readonly excerpt: string;
  /** With `retry`: a success that did not come from the receiver, so that each attempt may be a copy. It is tried again a few times at most. */
  readonly isDoubtful?: true;
  /** Seconds that the receiver asks to wait. */
  readonly retryAfterSeconds?: number | undefined;
}

/** One part of a channel's settings, as its form shows it. */
export interface ChannelField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  /** Stored encrypted, and never shown again. */
  readonly secret?: true;
  readonly required?: true;
  /** Where the secrets are sent: who changes it enters them again, so that nobody can have a stored one sent to themselves. */
  readonly receives?: true;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
}

/** What a channel sends with. */
export interface Means {
  readonly post: Post;
  /** Null: no mail server is set. */
  readonly mailer: Mailer | null;
  /** Unix seconds. */
  readonly now: number;
  /** Where the message goes, of a channel whose places are addresses; else empty. */
  readonly target: string;
}

export type Secrets = Readonly<Record<string, string | undefined>>;

/** A kind of channel: one folder, and one line in the list. */
export interface ChannelDefinition<S extends z.ZodType = z.ZodType> {
  /** Stored with channels: never change it. */
  readonly kind: string;
  readonly title: string;
  readonly help: string;
  readonly fields: readonly ChannelField[];
  /** Of the fields that are not secret. */
  readonly settings: S;
  /** Checks secrets when they are entered. @returns what is wrong, by field. */
  readonly problems?: (settings: z.output<S>, secrets: Secrets) => Readonly<Record<string, string>>;
  /** The addresses that a channel is: each gets a message of its own. Absent: it is one place. */
  readonly targets?: (settings: z.output<S>) => readonly string[];
  /** Sends everything that is open again, in one request, to a receiver that forgets it otherwise (lib/alerts/renew.ts). */
  readonly renew?: (
    messages: readonly Message[],
    settings: z.output<S>,
    secrets: Secrets,
    means: Means,
  ) => Promise<Outcome>;
  /** Sends to one person, whom the receiver knows by their e-mail address. Absent: it has places alone. */
  readonly direct?: {
    /** Whether an administrator opened it for people. */
    readonly isOpen: (settings: z.output<S>) => boolean;
    readonly send: (
      message: Message,
      email: string,
      settings: z.output<S>,
      secrets: Secrets,
      means: Means,
    ) => Promise<Outcome>;
  };
  /** A digest is nothing to it: rules and teams cannot choose one for it. */
  readonly takesNoDigests?: true;
  /** Messages that a receiver of this kind has no use for. */
  readonly skips?: (message: Message) => boolean;
  /** The title and the text that people read there; null: the message has none, it only changes what is there. */
  readonly seen: (message: Message) => { readonly title: string; readonly text: string } | null;
  /** What is sent, for a person to look at: without secrets. */
  readonly preview: (message: Message, settings: z.output<S>) => string;
  readonly send: (message: Message, settings: z.output<S>, secrets: Secrets, means: Means) => Promise<Outcome>;
}

export const defineChannel = <S extends z.ZodType>(channel: ChannelDefinition<S>): ChannelDefinition =>
  channel as unknown as ChannelDefinition;
