import { describe, expect, it } from "vitest";
import { jobViewer, localViewer, type Viewer } from "@/lib/ctx.ts";
import { maySeeTeam, needTeam, visibleTeams } from "./visible-teams.ts";

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
    ["who sees all projects", person({ projects: "all" }), "all"],
    ["an engineer with projects alone", person({}), []],
    ["a manager of two teams", person({ teams: [11, 12] }), [11, 12]],
    ["who sees all projects, but the money of one team", person({ projects: "all", teams: [11] }), [11]],
  ] as const)("%s", (_, viewer, expected) => {
    expect(visibleTeams(viewer)).toEqual(expected);
  });

  it("is not told of any other team", () => {
    expect(maySeeTeam(person({ teams: [11] }), 11)).toBe(true);
    expect(() => needTeam(person({ teams: [11] }), 12)).toThrow(/There is no team 12/);
    expect(() => needTeam(localViewer, 12)).not.toThrow();
  });
});
