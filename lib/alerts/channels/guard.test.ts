import { describe, expect, it } from "vitest";
import { guardedAddress, isPublicAddress, type Resolver } from "./guard.ts";
import { createPost, NoReply } from "./post.ts";
import { startReceiver } from "./testing-receiver.ts";

const names: Resolver = async (host) =>
  ({
    "public.example": [{ address: "93.184.216.34", family: 4 }],
    "inside.example": [{ address: "10.1.2.3", family: 4 }],
    "both.example": [
      { address: "93.184.216.34", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ],
  })[host] ?? [];

const open = (url: string, allowed: readonly string[] = []) => guardedAddress(new URL(url), allowed, names);

describe("the guard of channels", () => {
  it.each([
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "ff02::1",
    "fd00:ec2::254",
  ])("takes %s for no public address", (address) => expect(isPublicAddress(address)).toBe(false));

  it("takes public addresses for what they are", () => {
    for (const address of ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
      expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ["http://public.example/", [], "93.184.216.34"],
    ["https://public.example:8443/", [], "93.184.216.34"],
    ["http://inside.example/", ["inside.example"], "10.1.2.3"],
    ["http://inside.example:9093/", ["inside.example:9093"], "10.1.2.3"],
    ["http://inside.example:9093/", ["10.0.0.0/8"], "10.1.2.3"],
    ["http://[::1]:9093/", ["::1"], "::1"],
  ] as const)("opens %s with %j", async (url, allowed, address) => {
    expect((await open(url, allowed)).address).toBe(address);
  });

  it.each([
    ["http://inside.example/", [], /leads to 10\.1\.2\.3, which is not a public address.*ALERT_ALLOWED_HOSTS/],
    ["http://both.example/", [], /leads to 127\.0\.0\.1/],
    ["http://127.0.0.1/", [], /not a public address/],
    ["http://2130706433/", [], /^127\.0\.0\.1 is not a public/],
    ["http://[::ffff:127.0.0.1]/", [], /not a public address/],
    ["http://public.example:6379/", [], /Port 6379/],
    ["http://inside.example:9093/", ["inside.example:80"], /not a public address/],
    ["ftp://public.example/", [], /http:\/\//],
    ["http://unknown.example/", [], /has no address/],
  ] as const)("refuses %s with %j", async (url, allowed, words) => {
    await expect(open(url, allowed)).rejects.toThrow(words);
  });
});

describe("a request of a channel", () => {
  it("goes to the address that was checked, whatever the name leads to a moment later", async () => {
    const receiver = await startReceiver(() => ({ status: 200, text: "ok" }));
    const { port } = new URL(receiver.url);
    let asked = 0;
    const resolver: Resolver = async () => [{ address: asked++ === 0 ? "127.0.0.1" : "203.0.113.1", family: 4 }];
    const post = createPost({ allowed: ["rebind.example"], timeoutMs: 2000, nowMs: () => 0, resolver });
    expect(await post(`http://rebind.example:${port}/x?y=1`, "{}")).toMatchObject({ status: 200, text: "ok" });
    expect([asked, receiver.got[0]?.headers.host, receiver.got[0]?.path]).toEqual([
      1,
      `rebind.example:${port}`,
      "/x?y=1",
    ]);
    await receiver.close();
  });

  it("follows no redirect, reads no endless body, and waits for no silent receiver", async () => {
    const receiver = await startReceiver(() => ({ status: 200 }));
    const post = createPost({
      allowed: ["127.0.0.1"],
      timeoutMs: 500,
      nowMs: () => Date.parse("2026-11-30T00:00:00Z"),
    });
    receiver.answers.push(
      { status: 302, headers: { location: `${receiver.url}/elsewhere` } },
      "endless",
      "silent",
      "cut",
    );
    expect((await post(receiver.url, "{}")).status).toBe(302);
    expect((await post(receiver.url, "{}")).text).toHaveLength(65_536);
    await expect(post(receiver.url, "{}")).rejects.toThrow(/did not answer within 1 s/);
    await expect(post(receiver.url, "{}")).rejects.toThrow(/could not be reached/);
    expect(receiver.got.map((g) => g.path)).toEqual(["/", "/", "/", "/"]);
    receiver.answers.push({ status: 429, headers: { "retry-after": "Mon, 30 Nov 2026 00:02:00 GMT" } });
    receiver.answers.push({ status: 503, headers: { "retry-after": "7" } });
    expect((await post(receiver.url, "{}")).retryAfterSeconds).toBe(120);
    expect((await post(receiver.url, "{}")).retryAfterSeconds).toBe(7);
    await receiver.close();
    await expect(
      createPost({ allowed: [], timeoutMs: 500, nowMs: () => 0 })(receiver.url, "{}"),
    ).rejects.toBeInstanceOf(NoReply);
  });
});
