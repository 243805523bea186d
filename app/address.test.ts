import { describe, expect, it } from "vitest";
import { Address } from "./address.ts";

const projects = [
  { value: "1", label: "speech" },
  { value: "2", label: "vision" },
];

describe("the address of a page", () => {
  it("reads what it knows without a word", () => {
    const address = new Address({ project: "2", sort: "idle", page: "3", empty: undefined });
    expect(address.choice("project", "project", projects, "all are shown")).toBe("2");
    expect(address.word("sort", ["idle", "name"], "by name")).toBe("idle");
    expect(address.page()).toBe(3);
    address.only(["project", "sort", "page"]);
    expect(address.notice).toBeNull();
  });

  it("takes a choice by its label, too", () => {
    expect(new Address({ project: "speech" }).choice("project", "project", projects, "all")).toBe("1");
  });

  it("names what it did not understand, what holds instead, and what there is", () => {
    const address = new Address({ project: "nonsense", sort: "idel", proyect: "1" });
    expect(address.choice("project", "project", projects, "Every project is shown")).toBeUndefined();
    expect(address.word("sort", ["idle", "name"], "Sorted by name")).toBeUndefined();
    address.only(["project", "sort"]);
    expect(address.notice).toBe(
      'There is no project "nonsense". Every project is shown. There are: speech, vision. ' +
        '"idel" is no sort of this page. Sorted by name. Did you mean "idle"? ' +
        'This page does not know "proyect". Did you mean "project"?',
    );
  });

  it("refuses in the same words, without what a page would show instead", () => {
    const address = new Address({ project: "nonsense" });
    address.choice("project", "project", projects, "Every project is shown");
    expect(address.refusal).toBe('There is no project "nonsense". There are: speech, vision.');
  });

  it.each([
    ["-1", 1],
    ["0", 1],
    ["NaN", 1],
    ["1.5", 1],
    ["99999999", 99_999_999],
    ["7", 7],
  ])("page %s is page %i", (given, page) => expect(new Address({ page: given }).page()).toBe(page));

  it("says when a number is not a page, and does not repeat itself", () => {
    const address = new Address({ page: "-1" });
    address.page();
    address.page();
    expect(address.notice).toBe('"-1" is no page of a list. This is the first.');
  });
});
