import { setDigest } from "@/app/(dashboard)/alerts/actions.ts";
import { ActionForm } from "@/components/ui/action-form.tsx";
import { SelectField } from "@/components/ui/field.tsx";
import type { ChannelRow } from "@/lib/alerts/channel-store.ts";
import { getChannelKind } from "@/lib/alerts/channels/index.ts";
import type { TeamDigest } from "@/lib/alerts/digest/store.ts";
import type { Team } from "@/lib/attribution/types.ts";

interface Props {
  readonly digests: readonly TeamDigest[];
  readonly channels: readonly ChannelRow[];
  readonly teams: readonly Team[];
}

const PEOPLE = { value: "0", label: "its lead and managers" };
const MODES = ["daily", "weekly", "never"].map((value) => ({ value, label: value }));

/** Digests whose receiver is a team, and a form to begin, change or end one. */
export function TeamDigests({ digests, channels, teams }: Props) {
  const nameOf = (key: number) => teams.find((team) => team.key === key)?.name;
  const placeOf = (key: number) => channels.find((channel) => channel.key === key)?.name ?? PEOPLE.label;
  const receivers = channels.filter(({ kind }) => !getChannelKind(kind).takesNoDigests);
  const shown = digests.filter(({ teamKey }) => nameOf(teamKey) !== undefined);
  return (
    <div className="grid gap-4">
      {shown.length > 0 && (
        <ul className="grid gap-0.5 text-sm">
          {shown.map(({ teamKey, channelKey, mode }) => (
            <li key={`${teamKey}/${channelKey}`}>
              {nameOf(teamKey)}: {mode}, to {placeOf(channelKey)}
            </li>
          ))}
        </ul>
      )}
      <ActionForm action={setDigest} label="Save digest" look="plain">
        <SelectField
          label="Team"
          name="team"
          options={teams.map(({ key, name }) => ({ value: String(key), label: name }))}
        />
        <SelectField
          label="To"
          name="channel"
          options={[PEOPLE, ...receivers.map(({ key, name }) => ({ value: String(key), label: name }))]}
        />
        <SelectField label="How often" name="mode" options={MODES} />
      </ActionForm>
    </div>
  );
}
