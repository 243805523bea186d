import type { Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { ACTIONS, type Action } from "./permissions.ts";

/** Whether a viewer may do something. Until there are roles: whoever operates the ledger may do everything. */
export function mayDo(viewer: Viewer, _action: Action): boolean {
  return viewer.mayOperate;
}

/** The first line of every verb. @throws AppError `forbidden` that names the act. */
export function allow(viewer: Viewer, action: Action): void {
  if (!mayDo(viewer, action)) throw new AppError("forbidden", `You may not ${ACTIONS[action]}.`);
}
