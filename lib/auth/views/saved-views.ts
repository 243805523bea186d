import { z } from "zod";
import { readerOfOwn } from "@/lib/auth/allow.ts";
import { listTeamNames } from "@/lib/auth/grant-names-load.ts";
import { loadViewer } from "@/lib/auth/viewer-load.ts";
import { maySeeTeam, needTeam, visibleTeams } from "@/lib/auth/visible-teams.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import {
  countSavedViews,
  dropSavedView,
  listSavedViews,
  listSharedViews,
  putSavedView,
  type SavedView,
  type SharedView,
} from "./view-store.ts";

export type { SavedView } from "./view-store.ts";

/** More than a person can use. */
const MOST_VIEWS = 100;
const MOST_QUERY = 2000;

const viewSchema = z.object({
  path: z
    .string()
    .max(200)
    .regex(/^(\/[a-z0-9-]+)+$/, "A view is of a page of the ledger."),
  name: z
    .string()
    .trim()
    .min(1, "Give the view a name.")
    .max(60, "A name has at most 60 characters.")
    .regex(/^\P{Cc}*$/u, "A name holds no line breaks or other control characters."),
  query: z.string().max(MOST_QUERY, "The address of this view is too long to be kept."),
  /** The team that sees it, too; 0: nobody else. */
  teamKey: z.number().int().min(0).default(0),
});

/** The person whose views they are. @throws AppError `conflict` where nobody is signed in. */
function ownerOf({ viewer }: Ctx): number {
  if (viewer.kind === "person" && viewer.userKey) return viewer.userKey;
  throw new AppError("conflict", "Views are kept for people who sign in.");
}

/** What an address asks for, without the page of the list. */
export function queryOf(query: string): string {
  const params = new URLSearchParams(query);
  for (const name of [...params.keys()]) if (name === "page" || name.endsWith("-page")) params.delete(name);
  return params.toString();
}

/**
 * Keeps what a page shows under a name, for the viewer alone or for a team that they see, too. A view holds no figures: the person who opens it
 * sees what they may see then. One of the same name is replaced. @throws AppError `invalid`, `conflict`; `not_found` for another team.
 */
export async function saveView(ctx: Ctx, given: z.input<typeof viewSchema>): Promise<SavedView> {
  const userKey = ownerOf(ctx);
  const { path, name, query, teamKey } = parseInput(viewSchema, given);
  if (teamKey) needTeam(ctx.viewer, teamKey);
  const view = { path, name, query: queryOf(query), teamKey };
  await ctx.db.write(async (tx) => {
    const others = await listSavedViews(tx, userKey, path);
    if (!others.some((v) => v.name === name) && (await countSavedViews(tx, userKey)) >= MOST_VIEWS)
      throw fieldError("name", `You have ${MOST_VIEWS} views, the most that are kept: remove one first.`);
    await putSavedView(tx, { ...view, userKey, createdAt: ctx.now() });
  });
  return view;
}

/** Removes a view of the viewer. @throws AppError `not_found`. */
export async function removeView(ctx: Ctx, path: string, name: string): Promise<void> {
  const userKey = ownerOf(ctx);
  const dropped = await ctx.db.write((tx) => dropSavedView(tx, userKey, path, name));
  if (!dropped) throw new AppError("not_found", "There is no view of this name.");
}

export interface Views {
  readonly own: readonly SavedView[];
  /** Of others, for teams that the viewer sees. */
  readonly shared: readonly SharedView[];
  /** Teams that the viewer can share with, by name. */
  readonly teams: ReadonlyMap<number, string>;
}

/** Views of a page: the viewer's, and those that teams of theirs share; null: they can keep none, because nobody is signed in. */
export async function listViews(ctx: Ctx, path: string): Promise<Views | null> {
  const { viewer } = ctx;
  if (viewer.kind !== "person" || !viewer.userKey) return null;
  const db = readerOfOwn(ctx, viewer.userKey);
  const visible = visibleTeams(viewer);
  const [own, shared, names] = await Promise.all([
    listSavedViews(db, viewer.userKey, path),
    listSharedViews(db, viewer.userKey, path, visible),
    listTeamNames(db),
  ]);
  const teams = new Map([...names].filter(([key]) => maySeeTeam(viewer, key)));
  const owners = new Map<number, Viewer | null>();
  for (const { userKey } of shared) if (!owners.has(userKey)) owners.set(userKey, await loadViewer(db, userKey));
  // Who has left a team shares nothing with it.
  const isOfTeam = ({ userKey, teamKey }: SharedView) => {
    const owner = owners.get(userKey);
    return owner != null && maySeeTeam(owner, teamKey) && teams.has(teamKey);
  };
  return { own, shared: shared.filter(isOfTeam), teams };
}
