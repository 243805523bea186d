import type { Reader } from "@/db/client.ts";
import { findChannel } from "@/lib/alerts/channel-store.ts";
import { getChannelKind, PERSONAL_CHANNEL } from "@/lib/alerts/channels/index.ts";
import type { Place } from "./store.ts";

/**
 * Places that are channels of several addresses become one for each of them: what one of them refuses is tried again there alone, and
 * nobody gets it twice for that.
 */
export async function toEachAddress<P extends Place>(db: Reader, places: readonly P[]): Promise<P[]> {
  const out: P[] = [];
  for (const place of places) {
    const targets = place.target === "" ? await targetsOf(db, place.channelKey) : [];
    out.push(...(targets.length ? targets.map((target) => ({ ...place, target })) : [place]));
  }
  return out;
}

/** Whether an address was removed from its channel. */
export async function isRemoved(db: Reader, { channelKey, target }: Place): Promise<boolean> {
  const targets = target === "" ? [] : await targetsOf(db, channelKey);
  return targets.length > 0 && !targets.includes(target);
}

async function targetsOf(db: Reader, channelKey: number): Promise<readonly string[]> {
  const channel = channelKey === PERSONAL_CHANNEL ? undefined : await findChannel(db, channelKey);
  if (!channel) return [];
  const kind = getChannelKind(channel.kind);
  const settings = kind.settings.safeParse(JSON.parse(channel.settings));
  return settings.success ? (kind.targets?.(settings.data) ?? []) : [];
}
