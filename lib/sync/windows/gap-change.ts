import { type Instant, type Interval, intersect, subtract } from "@/lib/time.ts";

/** `open`: will be retried; `known`: the source no longer has it; `healed`: it was read later. */
export type GapStatus = "open" | "known" | "healed";

/** A half-open part of a window for which a source returned nothing. It is never taken as zero. */
export interface Gap extends Interval {
  readonly subject: string;
  readonly cause: string;
}

export interface GapPiece extends Gap {
  readonly status: GapStatus;
  readonly attempts: number;
  readonly firstSeenAt: Instant;
  readonly nextRetryAt: Instant;
  readonly healedAt: Instant | null;
}

/** What a reading says about gaps. */
export interface GapReading {
  /** What was requested: the reading says nothing about gaps outside of it. */
  readonly within: Interval;
  /** What was missing, inside `within`; disjoint for each subject. */
  readonly found: readonly Gap[];
  readonly attempts: number;
  readonly nextRetryAt: Instant;
  readonly now: Instant;
}

/**
 * The gaps after a reading: the part of an old gap that the reading filled is healed, to the second; the part outside
 * of what was requested stays; what was missing is open. Adjacent open pieces with the same subject and cause are
 * joined.
 * @param old gaps that are not healed, that overlap or touch `within`, disjoint for each subject.
 * @returns the rows that replace `old`, by subject and start; open and known ones are disjoint for each subject.
 */
export function changeGaps(old: readonly GapPiece[], reading: GapReading): GapPiece[] {
  const subjects = [...new Set([...old, ...reading.found].map((g) => g.subject))].sort();
  return subjects.flatMap((subject) => {
    const mine = (g: { subject: string }) => g.subject === subject;
    return ofSubject(old.filter(mine), { ...reading, found: reading.found.filter(mine) });
  });
}

function ofSubject(old: readonly GapPiece[], reading: GapReading): GapPiece[] {
  const { within, found, attempts, nextRetryAt, now } = reading;
  const standing: GapPiece[] = [];
  const healed: GapPiece[] = [];
  for (const gap of old) {
    for (const part of subtract(gap, [within])) standing.push({ ...gap, ...part });
    const asked = intersect(gap, within);
    if (asked)
      for (const part of subtract(asked, found))
        healed.push({ ...gap, ...part, status: "healed", healedAt: now, nextRetryAt: 0 });
  }
  for (const gap of found) {
    const part = intersect(gap, within);
    if (!part) continue;
    const seenBefore = old.filter((o) => intersect(o, part)).map((o) => o.firstSeenAt);
    const firstSeenAt = Math.min(now, ...seenBefore);
    standing.push({ ...gap, ...part, status: "open", attempts, firstSeenAt, nextRetryAt, healedAt: null });
  }
  return [...joined(standing), ...healed].sort((a, b) => a.start - b.start);
}

function joined(pieces: readonly GapPiece[]): GapPiece[] {
  const out: GapPiece[] = [];
  for (const piece of [...pieces].sort((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    const same = last && last.status === "open" && piece.status === "open" && last.cause === piece.cause;
    if (same && last.end === piece.start)
      out[out.length - 1] = {
        ...last,
        end: piece.end,
        attempts: Math.max(last.attempts, piece.attempts),
        firstSeenAt: Math.min(last.firstSeenAt, piece.firstSeenAt),
        nextRetryAt: Math.max(last.nextRetryAt, piece.nextRetryAt),
      };
    else out.push(piece);
  }
  return out;
}
