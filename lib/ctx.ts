import type { Db } from "@/db/client.ts";
import type { Log } from "./log.ts";
import type { Instant } from "./time.ts";

/** Who asks. Until sign-in arrives everyone on the machine is `local`, who sees all projects. */
export interface Viewer {
  readonly kind: "person" | "token" | "job" | "local";
  readonly id: string;
  /** Project keys (`cluster/project`) this viewer may see; `"all"` for administrators and jobs. */
  readonly projects: "all" | readonly string[];
  /** Keys of the teams whose money this viewer may see; absent: all for who sees all projects, none for anybody else. */
  readonly teams?: "all" | readonly number[];
  readonly mayOperate: boolean;
}

/** What every verb gets: the store, the clock, who asks, and where to log. */
export interface Ctx {
  readonly db: Db;
  readonly now: () => Instant;
  readonly viewer: Viewer;
  readonly log: Log;
}

export const localViewer: Viewer = { kind: "local", id: "local", projects: "all", mayOperate: true };
export const jobViewer = (id: string): Viewer => ({ kind: "job", id, projects: "all", mayOperate: true });

/** The clock of the machine: the one place where it is read. */
export const systemNow = (): Instant => Math.floor(Date.now() / 1000);
