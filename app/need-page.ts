import "server-only";
import { forbidden, notFound } from "next/navigation";
import { mayDo } from "@/lib/auth/allow.ts";
import { maySeeTeam } from "@/lib/auth/visible-teams.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { type GuardedPage, PAGE_ACTIONS } from "./page-actions.ts";

/** The first line of a page after its input: the person who may not open it gets 403 and words (forbidden.tsx), never a failure. */
export function needPage({ viewer }: Ctx, page: GuardedPage): void {
  if (!mayDo(viewer, PAGE_ACTIONS[page])) forbidden();
}

/**
 * As needPage, for the page of one team: open to people who read all teams, and to those who see this one whole. Nobody else learns
 * that there is such a team.
 */
export function needTeamPage({ viewer }: Ctx, teamKey: number): void {
  if (mayDo(viewer, "teams.read")) return;
  if (!maySeeTeam(viewer, teamKey)) notFound();
  if (!viewer.manages?.includes(teamKey)) forbidden();
}
