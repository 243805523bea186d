import { z } from "zod";

/** The offset of the next page; `end`: this was the last; `odd`: what was sent is no offset, and says neither. */
export type Next = number | "end" | "odd";

/** Go's zero is the end, too. */
export function nextOf(sent: unknown): Next {
  if (sent === null || sent === undefined || sent === 0 || sent === "0") return "end";
  const read = typeof sent === "string" && /^\d+$/.test(sent) ? Number(sent) : sent;
  return typeof read === "number" && Number.isSafeInteger(read) && read > 0 ? read : "odd";
}

/** What was read of a list so far. */
export class Reading {
  readonly seen = new Set<string>();
  /** Ids of items that cannot be read. */
  readonly unread = new Set<string>();
  /** Something of it was sent that cannot be identified, or the server said that it lacks something. */
  isPartial = false;

  get size(): number {
    return new Set([...this.seen, ...this.unread]).size;
  }
}

const id = z.union([z.string(), z.number()]);
const identified = z.union([
  z.looseObject({ id }).transform((item) => item.id),
  z.looseObject({ uuid: id }).transform((item) => item.uuid),
]);

/** The id of an item that cannot be read otherwise; undefined: it has none. */
export const readId = (item: unknown): string | number | undefined => identified.safeParse(item).data;
