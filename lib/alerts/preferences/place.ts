import type { Reader } from "@/db/client.ts";
import { type ChannelRow, findChannel, listChannels } from "@/lib/alerts/channel-store.ts";
import { type ChannelDefinition, getChannelKind, PERSONAL_CHANNEL } from "@/lib/alerts/channels/index.ts";
import { teamOfTarget } from "@/lib/alerts/digest/target.ts";
import type { Place } from "@/lib/alerts/outbox/store.ts";

const PREFIX = "person/";

/** Where a person hears through a channel that is open for people; by e-mail where it is 0. */
export const placeOfPerson = (channelKey: number, email: string): Place => ({
  channelKey,
  target: channelKey === PERSONAL_CHANNEL ? email : `${PREFIX}${email}`,
});

/** The e-mail address of the person that a place belongs to; null: it is a channel's, or a team's. */
export function personAt({ channelKey, target }: Place): string | null {
  if (channelKey !== PERSONAL_CHANNEL) return target.startsWith(PREFIX) ? target.slice(PREFIX.length) : null;
  return teamOfTarget(target) === null ? target : null;
}

/** How a channel sends to one person; null: it does not, or is not open for people, or no longer in use. */
export function directOf(channel: ChannelRow | undefined): ChannelDefinition["direct"] | null {
  if (!channel || channel.archivedAt !== null || channel.disabledAt !== null) return null;
  const { direct, settings } = getChannelKind(channel.kind);
  const read = settings.safeParse(JSON.parse(channel.settings));
  return direct && read.success && direct.isOpen(read.data) ? direct : null;
}

/** Channels that administrators opened for people, by name. */
export const listOpenChannels = async (db: Reader): Promise<ChannelRow[]> =>
  (await listChannels(db)).filter((channel) => directOf(channel) !== null);

/** Where a person hears of alerts who chose a channel: by e-mail where it is not open for people today. */
export async function chosenPlace(db: Reader, channelKey: number, email: string): Promise<Place> {
  const isOpen = channelKey !== PERSONAL_CHANNEL && directOf(await findChannel(db, channelKey)) !== null;
  return placeOfPerson(isOpen ? channelKey : PERSONAL_CHANNEL, email);
}
