import { mayDo } from "@/lib/auth/allow.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { actionOfPath } from "./page-actions.ts";

/** Whether a viewer may open the page at an address, as far as their roles decide it. */
export function mayOpen(viewer: Viewer, address: string): boolean {
  const action = actionOfPath(address.replace(/[?#].*$/, ""));
  return action === undefined || mayDo(viewer, action);
}
