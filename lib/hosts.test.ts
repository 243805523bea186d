import { describe, expect, it } from "vitest";
import { isHostAllowed, transportHeaders } from "./hosts.ts";

describe("the name a request calls the server by", () => {
  const local = { HOST: "127.0.0.1", ALLOWED_HOSTS: [] };
  it.each(["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST"])(
    "is answered when it is the machine's: %s",
    (host) => {
      expect(isHostAllowed(host, local)).toBe(true);
    },
  );
  it.each(["evil.example", "evil.example:3000", "127.0.0.1.evil.example", "", null])(
    "is refused otherwise: %s",
    (host) => {
      expect(isHostAllowed(host, local)).toBe(false);
    },
  );
  it("may be one that a proxy passes on", () => {
    expect(isHostAllowed("ledger.example.com", { HOST: "127.0.0.1", ALLOWED_HOSTS: ["ledger.example.com"] })).toBe(
      true,
    );
  });
  it("may be any on a server that listens to the network, unless names are set", () => {
    expect(isHostAllowed("10.0.0.7:3000", { HOST: "0.0.0.0", ALLOWED_HOSTS: [] })).toBe(true);
    expect(isHostAllowed("10.0.0.7:3000", { HOST: "0.0.0.0", ALLOWED_HOSTS: ["ledger.example.com"] })).toBe(false);
  });
});

it("asks browsers to stay with https where people reach the server by it, and nothing on plain http", () => {
  expect(transportHeaders("https://gpu.example.com")).toEqual({ "strict-transport-security": "max-age=31536000" });
  for (const url of ["http://127.0.0.1:3000", undefined]) expect(transportHeaders(url)).toEqual({});
});
