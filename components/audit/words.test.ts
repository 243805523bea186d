import { expect, it } from "vitest";
import { actorText, changesOf, changesText, subjectText } from "./words.ts";

const names = new Map([
  ["team/7", "Vision"],
  ["user/3", "ada@example.com"],
  ["token/ab12cd34ef56", "monthly export"],
  ["project/5", "prod/tundra"],
]);
const AT = 1_795_000_000;

it.each([
  ["team/7/rule/3f2a", "Vision, rule"],
  ["user/3/session", "ada@example.com, session"],
  ["user/9", "person 9"],
  ["token/ab12cd34ef56", "token monthly export"],
  ["budget/team:7", "budget Vision"],
  ["budget/all", "budget all"],
  ["saving/0e0cbb06-3a1c-4a1b-9a52-f3a3d3f3a111", "saving 0e0cbb06"],
  ["file/cost-by-team_2026-10.csv", "file cost-by-team_2026-10.csv"],
  ["metering", "metering"],
])("says what %s is: %s", (subject, words) => {
  expect(subjectText(subject, names)).toBe(words);
});

it.each([
  ["person", "ada@example.com", "ada@example.com"],
  ["token", "token/ab12cd34ef56", "token monthly export"],
  ["token", "token/gone", "token gone"],
  ["local", "cli:root", "root (command line)"],
  ["local", "local", "somebody at the machine"],
  ["job", "scheduler", "job scheduler"],
])("says who a %s %s is: %s", (actorKind, actorId, words) => {
  expect(actorText({ actorKind, actorId }, names)).toBe(words);
});

const changed = (before: object | null, after: object | null) =>
  changesOf(before && JSON.stringify(before), after && JSON.stringify(after), names, "UTC").map(
    ({ label, old, now }) => `${label}: ${old ?? ""} > ${now ?? ""}`,
  );

it("says when in the zone of the reader, never in seconds", () => {
  expect(changed(null, { link: "created", expiresAt: AT })).toEqual([
    "link:  > created",
    "expires:  > 2026-11-18 11:06",
  ]);
  expect(changed({ start: AT, end: AT + 86_400 }, null)).toEqual([
    "from: 2026-11-18 11:06 > ",
    "until: 2026-11-19 11:06 > ",
  ]);
  expect(changed(null, { endsAt: 5 })).toEqual(["ends:  > 5"]);
});

it("are one cell of a file: what was, and what is", () => {
  const entry = {
    before: JSON.stringify({ owner: "Ada", endedAt: null }),
    after: JSON.stringify({ owner: "Bo", endedAt: AT }),
  };
  expect(changesText(entry, names, "UTC")).toBe("owner: Ada → Bo; ended: – → 2026-11-18 11:06");
  expect(changesText({ before: null, after: JSON.stringify({ owner: "Bo" }) }, names, "UTC")).toBe("owner: Bo");
  expect(changesText({ before: null, after: null }, names, "UTC")).toBe("");
});

it("say how a role came, and what was done without a state before", () => {
  const grants = [{ role: "manager", teamKey: 7, projectKey: 0, origin: "group:vision-leads" }];
  const after = JSON.stringify({ act: "roles by groups changed", grants });
  expect(changesText({ before: JSON.stringify({ grants: [] }), after }, names, "UTC")).toBe(
    "what: roles by groups changed; grants: – → role manager, team Vision, given by the group vision-leads",
  );
  expect(
    changesText(
      { before: null, after: JSON.stringify({ grants: [{ role: "admin", origin: "direct" }] }) },
      names,
      "UTC",
    ),
  ).toBe("grants: role admin");
  expect(actorText({ actorKind: "job", actorId: "provider" }, names)).toBe("identity provider");
});

it("names teams, people and projects in values, and leaves out keys of rows", () => {
  const grants = (...list: object[]) => ({ id: "x", userKey: 3, grants: list });
  const manager = { role: "manager", teamKey: 7, projectKey: 0 };
  expect(changed(grants(manager), grants(manager, { role: "engineer", teamKey: 0, projectKey: 5 }))).toEqual([
    "grants: role manager, team Vision > role manager, team Vision; role engineer, project prod/tundra",
  ]);
  expect(changed({ teamKeys: "" }, { teamKeys: "7 8" })).toEqual(["team: – > Vision, 8"]);
});

it("says amounts, days and yes as people write them", () => {
  expect(changed({ limitMicros: 1_000_000, on: false }, { limitMicros: 12_345_500_000, on: true })).toEqual([
    "limit: 1.000000 > 12,345.500000",
    "on: no > yes",
  ]);
  expect(changed(null, { fromDay: 20_261_001, costCentre: "CC-1", glAccount: "4711" })).toEqual([
    "from:  > 1 Oct 2026",
    "cost centre:  > CC-1",
    "GL account:  > 4711",
  ]);
  expect(changed({ a: 1 }, { a: 1 })).toEqual([]);
});

it("says times of day and durations of an alert rule as people write them, and nothing where none is set", () => {
  const quiet = { quietFrom: 1320, quietUntil: 450, holdSeconds: 1800 };
  expect(changed({ quietFrom: -1, quietUntil: -1, holdSeconds: 0 }, quiet)).toEqual([
    "quiet from: – > 22:00",
    "quiet until: – > 07:30",
    "hold: – > 30 min",
  ]);
  expect(changed(null, { quietFrom: -1, quietUntil: -1, holdSeconds: 0, repeatSeconds: 86_400 })).toEqual([
    "repeat:  > 1 d",
  ]);
});
