import type { Ctx } from "@/lib/ctx.ts";
import { type Choice, nameFilter } from "./parameter.ts";
import { listClusters, listProjectChoices, listUsers } from "./read/choices.ts";
import { listVisibleTeams } from "./read/cost-scope.ts";

const named = (names: readonly string[]): Choice[] => [...new Set(names)].map((value) => ({ value, label: value }));

/** The filters that several reports take. What has the name is found where every loader starts: read/scope.ts. */
export const cluster = nameFilter({
  name: "cluster",
  label: "Cluster",
  help: "only this cluster",
  any: "All clusters",
  choices: async (ctx: Ctx) => (await listClusters(ctx)).map(({ id, name }) => ({ value: id, label: name })),
});

export const project = nameFilter({
  name: "project",
  label: "Project",
  help: "only this project",
  any: "All projects",
  choices: async (ctx: Ctx) => named((await listProjectChoices(ctx)).map((p) => p.name)),
});

export const user = nameFilter({
  name: "user",
  label: "User",
  help: "only this user's workloads",
  any: "All users",
  choices: async (ctx: Ctx) => named(await listUsers(ctx)),
});

export const team = nameFilter({
  name: "team",
  label: "Team",
  help: "only what this team pays",
  any: "All teams",
  choices: async (ctx: Ctx) => named((await listVisibleTeams(ctx)).map((t) => t.name)),
});
