import { z } from "zod";
import { findChannel } from "@/lib/alerts/channel-store.ts";
import { getChannelKind, PERSONAL_CHANNEL } from "@/lib/alerts/channels/index.ts";
import { alertTeams, needAlertTeam } from "@/lib/alerts/scope.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { deleteTeamDigest, listTeamDigests, saveTeamDigest, type TeamDigest } from "./store.ts";

/** How often a team gets a digest. */
export const DIGEST_MODES = ["daily", "weekly", "never"] as const;

const digestInput = z.object({
  teamKey: z.int("Choose a team.").positive("Choose a team."),
  channelKey: z.int().min(0).default(PERSONAL_CHANNEL),
  mode: z.enum(DIGEST_MODES, { error: `A digest comes ${DIGEST_MODES.join(", ")}.` }),
});
export type DigestInput = z.input<typeof digestInput>;

/**
 * Has what happens to the alerts of a team summed up for its lead and managers (channel 0), or for a channel; or ends that.
 * @throws AppError `invalid`, `forbidden`, `not_found` for a team that the viewer does not manage.
 */
export async function setTeamDigest(ctx: Ctx, given: DigestInput): Promise<void> {
  alertTeams(ctx.viewer, "alerts.manage");
  const { teamKey, channelKey, mode } = parseInput(digestInput, given);
  needAlertTeam(ctx.viewer, teamKey, "alerts.manage");
  await ctx.db.write(async (tx) => {
    if (!(await listTeams(tx)).some(({ key, archivedAt }) => key === teamKey && archivedAt === null))
      throw fieldError("teamKey", `There is no team ${teamKey}.`);
    const channel = channelKey === PERSONAL_CHANNEL ? null : await findChannel(tx, channelKey);
    if (channel === undefined || (channel && channel.archivedAt !== null))
      throw fieldError("channelKey", `There is no channel ${channelKey}.`);
    if (channel && mode !== "never" && getChannelKind(channel.kind).takesNoDigests)
      throw fieldError("channelKey", `"${channel.name}" takes no digests.`);
    const before = (await listTeamDigests(tx, teamKey)).find((digest) => digest.channelKey === channelKey);
    if (mode === "never") await deleteTeamDigest(tx, teamKey, channelKey);
    else await saveTeamDigest(tx, { teamKey, channelKey, mode, changedAt: ctx.now(), changedBy: ctx.viewer.id });
    await recordAct(tx, ctx, {
      ...{ action: "alerts.manage", subject: `team/${teamKey}/digest`, reason: "" },
      ...{ before: before ? { channelKey, mode: before.mode } : null, after: { channelKey, mode } },
    });
  });
}

/** Digests of teams whose alerts the viewer may read. @throws AppError `forbidden`. */
export async function listVisibleDigests(ctx: Ctx): Promise<TeamDigest[]> {
  const teams = alertTeams(ctx.viewer);
  return (await listTeamDigests(ctx.db)).filter(({ teamKey }) => teams === "all" || teams.includes(teamKey));
}
