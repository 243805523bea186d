import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mayDo } from "@/lib/auth/allow.ts";
import { localViewer, ROLES, type Role, type Viewer } from "@/lib/ctx.ts";
import { homeOf } from "./home.ts";
import { navigationFor } from "./navigation.ts";
import { actionOfPath, PAGE_ACTIONS } from "./page-actions.ts";

const person = (...roles: Role[]): Viewer => ({ kind: "person", id: "ada@example.com", roles, projects: [] });
const pathsOf = (viewer: Viewer) => navigationFor(viewer).flatMap((g) => g.entries.map((e) => e.path));

describe("the navigation", () => {
  it.each(ROLES)("offers the role %s nothing that it may not open", (role) => {
    const viewer = person(role);
    for (const path of pathsOf(viewer)) {
      const action = actionOfPath(path);
      expect([path, action === undefined || mayDo(viewer, action)]).toEqual([path, true]);
    }
  });

  it("has every guarded page of its own for an administrator, in five groups and what is of everybody", () => {
    const inside: string[] = [
      "/explain",
      // Of people whose first page is another.
      "/overview",
      "/findings/exceptions",
      "/statements/close",
      "/prices/propose",
      "/teams/rules",
      "/alerts/channels",
      "/sync/connections",
    ];
    expect(pathsOf(localViewer).sort()).toEqual(
      [...Object.keys(PAGE_ACTIONS).filter((p) => !inside.includes(p)), "/account", "/help"].sort(),
    );
    expect(navigationFor(localViewer).map((g) => g.label)).toEqual([
      "",
      "Cost",
      "Usage",
      "Chargeback",
      "Reports",
      "Admin",
      "You",
    ]);
  });

  it("shows people what is theirs", () => {
    expect(pathsOf(person("engineer"))).toEqual([
      "/me",
      "/spend",
      "/rightsizing",
      "/savings",
      "/workloads",
      "/idle",
      "/suspicious",
      "/findings",
      "/gpus",
      "/reports",
      "/account",
      "/help",
    ]);
    expect(pathsOf(person("manager"))).toContain("/statements");
    expect(pathsOf(person("finance"))).toEqual(expect.arrayContaining(["/prices", "/statements"]));
    for (const path of ["/sync", "/people"]) expect(pathsOf(person("finance"))).not.toContain(path);
    expect(pathsOf(person())).toEqual(["/me", "/account", "/help"]);
    expect(pathsOf({ ...person("manager"), submitters: ["ada"] }).slice(0, 2)).toEqual(["/me", "/"]);
    expect(pathsOf(person("manager"))).not.toContain("/me");
  });

  it("leaves the overview out for the person who lands on the page of their one team", () => {
    const manager = { ...person("manager"), manages: [7] };
    expect([homeOf(manager), pathsOf(manager).includes("/")]).toEqual(["/teams/7", false]);
    for (const other of [
      { ...manager, manages: [7, 8] },
      { ...person("viewer"), manages: [7] },
    ])
      expect([homeOf(other), pathsOf(other).includes("/")]).toEqual(["/", true]);
    expect(homeOf(localViewer)).toBe("/");
  });

  it("leads administrators and finance to pages of their own, with the overview beside them", () => {
    for (const [viewer, home] of [
      [{ ...person("admin", "finance"), projects: "all" }, "/operations"],
      [{ ...person("finance", "manager"), projects: "all", manages: [7] }, "/billing"],
    ] as const) {
      const paths = pathsOf(viewer);
      expect([homeOf(viewer), paths[0]]).toEqual([home, home === "/operations" ? "/operations" : "/billing"]);
      expect(paths).toContain("/overview");
      expect(paths).not.toContain("/");
    }
    expect(pathsOf(person("finance"))).not.toContain("/operations");
    for (const role of ["manager", "viewer", "engineer"] as const)
      for (const path of ["/overview", "/billing", "/operations"]) expect(pathsOf(person(role))).not.toContain(path);
  });

  it("leads a manager to their teams", () => {
    const [home] = navigationFor(person("manager"), [{ key: 7, name: "Vision" }]);
    expect(home?.entries).toContainEqual({ path: "/teams/7", label: "Vision", icon: "teams" });
  });
});

describe("what a page needs", () => {
  it.each([
    ["/", "usage.read"],
    ["/prices", "prices.read"],
    ["/prices/propose", "prices.propose"],
    ["/prices/3f2a", "prices.read"],
    ["/people/7", "users.manage"],
    ["/help", undefined],
    ["/peoples", undefined],
  ])("%s: %s", (path, action) => {
    expect(actionOfPath(path)).toBe(action);
  });

  it("is asked for by every guarded page and by those below it", () => {
    for (const path of Object.keys(PAGE_ACTIONS)) expect(existsSync(`app/(dashboard)${path}/page.tsx`)).toBe(true);
    const decideThemselves = [
      "/account",
      "/account/alerts",
      "/account/preferences",
      "/help",
      "/help/api",
      "/me",
      "/[...rest]",
    ];
    for (const file of globSync("app/(dashboard)/**/page.tsx")) {
      const path = file.replace("app/(dashboard)", "").replace(/\/page\.tsx$/, "") || "/";
      if (decideThemselves.includes(path)) continue;
      expect([path, /\bneedPage\(ctx|needPage\(input\.ctx|needTeamPage\(/.test(readFileSync(file, "utf8"))]).toEqual([
        path,
        true,
      ]);
    }
  });
});
