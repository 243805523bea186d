import { mayDo } from "@/lib/auth/allow.ts";
import type { Viewer } from "@/lib/ctx.ts";

/** Does the viewer have a page of their own workloads? Whoever submits some, or is here for nothing else. */
export const hasOwnPage = (viewer: Viewer): boolean =>
  viewer.kind === "person" && ((viewer.submitters ?? []).length > 0 || homeOf(viewer) === "/me");

/**
 * The page that a viewer lands on: engineers, and people without a role, on their own workloads; everybody else on the overview of
 * what they may see.
 */
export function homeOf(viewer: Viewer): "/" | "/me" {
  if (viewer.kind !== "person") return "/";
  const more = viewer.roles.some((role) => role !== "engineer");
  return more && mayDo(viewer, "usage.read") ? "/" : "/me";
}
