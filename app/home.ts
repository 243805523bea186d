import { mayDo } from "@/lib/auth/allow.ts";
import type { Viewer } from "@/lib/ctx.ts";

/** Does the viewer have a page of their own workloads? The person who submits some, or is here for nothing else. */
export const hasOwnPage = (viewer: Viewer): boolean =>
  viewer.kind === "person" && ((viewer.submitters ?? []).length > 0 || homeOf(viewer) === "/me");

/**
 * The page that a viewer lands on: administrators on what they operate, finance on the billing period, engineers and people without
 * a role on their own workloads, the manager of one team on that; everybody else on the overview of what they may see.
 */
export function homeOf(viewer: Viewer): string {
  if (viewer.kind !== "person") return "/";
  const { roles, manages = [] } = viewer;
  if (roles.includes("admin")) return "/operations";
  if (roles.includes("finance")) return "/billing";
  const more = roles.filter((role) => role !== "engineer");
  if (more.length === 0 || !mayDo(viewer, "usage.read")) return "/me";
  const [team, other] = manages;
  return more.every((role) => role === "manager") && team !== undefined && other === undefined ? `/teams/${team}` : "/";
}

/** Has the viewer the overview of all teams beside another first page? */
export const hasOverview = (viewer: Viewer): boolean =>
  homeOf(viewer) !== "/" && viewer.projects === "all" && mayDo(viewer, "usage.read");
