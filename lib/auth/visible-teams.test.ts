import { describe, expect, it } from "vitest";
import { jobViewer, localViewer, type Viewer } from "@/lib/ctx.ts";
import { maySeeTeam, needTeam, seesTeamWhole, teamsSeenWhole, visibleTeams } from "./visible-teams.ts";

const person = (given: Partial<Viewer>): Viewer => ({
  kind: "person",
  id: "ada",
  projects: ["c1/vision"],
  roles: [],
  ...given,
});

describe("whose money a viewer sees", () => {
  it.each([
    ["the machine's own user", localViewer, "all"],
    ["a job", jobViewer("live"), "all"],
    ["all projects", person({ projects: "all" }), "all"],
    ["an engineer with projects alone", person({}), []],
    ["a manager of two teams", person({ teams: [11, 12] }), [11, 12]],
    ["all projects, but the money of one team", person({ projects: "all", teams: [11] }), [11]],
  ] as const)("%s", (_, viewer, expected) => {
    expect(visibleTeams(viewer)).toEqual(expected);
  });

  it.each([
    ["the machine's own user", localViewer, "all"],
    ["finance, with a team to manage", person({ projects: "all", teams: "all", manages: [11] }), "all"],
    ["an engineer of one team who manages another", person({ teams: [11, 12], manages: [12] }), [12]],
    ["an engineer", person({ teams: [11], manages: [] }), []],
  ] as const)("of them whole: %s", (_, viewer, expected) => {
    expect(teamsSeenWhole(viewer)).toEqual(expected);
    expect(seesTeamWhole(viewer, 11)).toBe(expected === "all");
  });

  it("does not see any other team", () => {
    expect(maySeeTeam(person({ teams: [11] }), 11)).toBe(true);
    expect(() => needTeam(person({ teams: [11] }), 12)).toThrow(/There is no team 12/);
    expect(() => needTeam(localViewer, 12)).not.toThrow();
  });
});
