import { expect, it } from "vitest";
import { endOwner, mayBeAlive, ownersOf, startOwner } from "./lease.ts";

it("an owner in another thread of the process is alive, as pages see the scheduled work; one of an earlier process is not", () => {
  const mine = startOwner();
  expect(mayBeAlive(mine)).toBe(true);
  endOwner(mine);
  expect(mayBeAlive(mine)).toBe(false);
  const other = `${ownersOf(1_000_000)}/1`;
  expect(mayBeAlive(other)).toBe(true);
  // The same process id and namespace, begun at another time: a container that was restarted.
  expect(mayBeAlive(other.replace(/\.\d+\.1000000/, ".1.1000000"))).toBe(false);
  // As versions before this one named their owners.
  expect(mayBeAlive(other.replace(/\.\d+\.1000000/, ""))).toBe(false);
});

it("a thread takes over at once what a thread before it held, and leaves alone what the first thread holds", () => {
  const [first, second] = [`${ownersOf(0)}/1`, `${ownersOf(2)}/1`];
  expect([mayBeAlive(first, 3), mayBeAlive(second, 3)]).toEqual([true, false]);
  expect([mayBeAlive(first, 0), mayBeAlive(second, 0)]).toEqual([true, true]);
});
