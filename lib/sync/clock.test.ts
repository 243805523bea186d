import { describe, expect, it } from "vitest";
import { PeerClock } from "@/lib/http.ts";
import { boundedNow, skewWarning } from "./clock.ts";

const NOON = 1_790_856_000;
function clock() {
  let ms = 5_000;
  const peer = new PeerClock(() => ms);
  return { peer, pass: (seconds: number) => (ms += 1000 * seconds) };
}

describe("the clock of a peer", () => {
  it("is not known before its first answer, then goes on by itself", () => {
    const { peer, pass } = clock();
    expect(peer.now()).toBe(null);
    peer.note(NOON);
    pass(90.9);
    expect(peer.now()).toBe(NOON + 90);
  });

  it("does not go back for an answer out of a cache", () => {
    const { peer, pass } = clock();
    peer.note(NOON);
    pass(30);
    peer.note(NOON - 3600);
    expect(peer.now()).toBe(NOON + 30);
  });

  it("follows a peer whose clock was put right: forwards at once, back after ten minutes", () => {
    const { peer, pass } = clock();
    peer.note(NOON);
    peer.note(NOON + 3600);
    expect(peer.now()).toBe(NOON + 3600);
    pass(601);
    peer.note(NOON + 601);
    expect(peer.now()).toBe(NOON + 601);
  });
});

it.each([
  ["own time, where no peer is known", NOON, [null], NOON],
  ["own time, up to a minute ahead", NOON + 60, [NOON], NOON + 60],
  ["a minute after the peer, where it is further ahead", NOON + 86_400, [NOON], NOON + 60],
  ["own time, where it is behind", NOON - 500, [NOON], NOON - 500],
  ["a minute after the peer that is the most behind", NOON + 900, [NOON + 900, NOON, null], NOON + 60],
])("the present is %s", (_, own, theirs, now) => {
  expect(boundedNow(own, theirs)).toBe(now);
});

it("a clock that is apart is named, in both directions", () => {
  expect(skewWarning(NOON + 60, "Run:ai", NOON)).toBe(null);
  expect(skewWarning(NOON, "Run:ai", null)).toBe(null);
  expect(skewWarning(NOON + 86_400, "Run:ai", NOON)).toMatch(/86400 s ahead of that of Run:ai.*Nothing later/);
  expect(skewWarning(NOON - 61, "Prometheus", NOON)).toMatch(/61 s behind that of Prometheus: synchronise it/);
});
