import type { Reader } from "@/db/client.ts";
import { findChannel } from "@/lib/alerts/channel-store.ts";
import { getChannelKind, PERSONAL_CHANNEL } from "@/lib/alerts/channels/index.ts";
import type { Letter } from "./store.ts";

/**
 * Letters to channels that are several addresses become one for each of them: what one of them refuses is tried again there alone, and
 * nobody gets it twice for that.
 */
export async function toEachAddress(db: Reader, letters: readonly Letter[]): Promise<Letter[]> {
  const out: Letter[] = [];
  for (const letter of letters) {
    const targets = letter.target === "" ? await targetsOf(db, letter.channelKey) : [];
    out.push(...(targets.length ? targets.map((target) => ({ ...letter, target })) : [letter]));
  }
  return out;
}

async function targetsOf(db: Reader, channelKey: number): Promise<readonly string[]> {
  const channel = channelKey === PERSONAL_CHANNEL ? undefined : await findChannel(db, channelKey);
  if (!channel) return [];
  const kind = getChannelKind(channel.kind);
  const settings = kind.settings.safeParse(JSON.parse(channel.settings));
  return settings.success ? (kind.targets?.(settings.data) ?? []) : [];
}
