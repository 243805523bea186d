import { describe, expect, it } from "vitest";
import { isAllowedScrape, isInNetworks, type ScrapeFacts } from "./access.ts";

describe("isInNetworks", () => {
  it.each([
    ["10.2.3.4", ["10.0.0.0/8"], true],
    ["::ffff:10.2.3.4", ["10.0.0.0/8"], true],
    ["11.2.3.4", ["10.0.0.0/8", "11.2.3.4"], true],
    ["11.2.3.5", ["10.0.0.0/8", "11.2.3.4"], false],
    ["fd00::1", ["fd00::/8", "10.0.0.0/8"], true],
    ["fe80::1", ["fd00::/8"], false],
    ["10.2.3.4", ["::/0"], false],
    ["127.0.0.1", [], false],
    ["", ["0.0.0.0/0"], false],
    ["localhost", ["0.0.0.0/0"], false],
  ])("%s in %j: %s", (address, networks, expected) => expect(isInNetworks(address, networks)).toBe(expected));
});

describe("isAllowedScrape", () => {
  const facts: ScrapeFacts = { address: "10.2.3.4", host: "10.9.9.9:3000", origin: null, site: null };
  const may = (change: Partial<ScrapeFacts>) =>
    isAllowedScrape({ ...facts, ...change }, ["10.0.0.0/8"], (host) => host === "ledger.example");

  it("lets in a program of an allowed network that calls the server by its address or its own name", () => {
    expect(may({})).toBe(true);
    expect(may({ host: "[fd00::1]:3000" })).toBe(true);
    expect(may({ host: "ledger.example" })).toBe(true);
    expect(may({ site: "none" })).toBe(true);
  });

  it.each([
    ["another network", { address: "192.0.2.1" }],
    ["a name that is not the server's: DNS rebinding", { host: "attacker.example:3000" }],
    ["no name at all", { host: null }],
    ["a page's request", { origin: "http://10.9.9.9:3000" }],
    ["a page of another site", { site: "cross-site" }],
  ])("refuses %s", (_, change) => expect(may(change)).toBe(false));
});
