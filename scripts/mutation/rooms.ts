/** What `npm run mutate` changes, room by room, and the tests that are nearest to it: those that are pure and quick. */
export interface Room {
  readonly name: string;
  /** Pure files only: what touches a database is tested by the engines, where each mutant would take seconds. */
  readonly files: readonly string[];
  readonly tests: readonly string[];
  /** Texts are words for people, which no test should hold to the letter: they are not changed. */
  readonly words?: boolean;
}

const inRoom = (room: string, names: string) => names.split(" ").map((name) => `lib/${room}/${name}`);

/** Money first. */
export const ROOMS: readonly Room[] = [
  {
    name: "charges",
    files: inRoom("charges", "amounts.ts charge.ts identity.ts rate.ts share-day.ts terms.ts"),
    tests: inRoom("charges", "share-day.test.ts rate.test.ts terms.test.ts charge.test.ts charge.property.test.ts"),
  },
  {
    name: "allocation",
    files: inRoom("allocation", "policies.ts shares.ts"),
    tests: inRoom("allocation", "policies.test.ts shares.test.ts"),
  },
  {
    name: "periods",
    files: inRoom("periods", "calendar.ts period.ts"),
    tests: inRoom("periods", "calendar.test.ts period.test.ts"),
  },
  {
    name: "closing",
    files: inRoom("closing", "items.ts number.ts seal.ts"),
    tests: inRoom("closing", "items.test.ts seal.test.ts"),
    words: true,
  },
  {
    name: "pricing",
    files: inRoom("pricing", "price-book.ts owned.ts model-match.ts list-price.ts draft.ts rate-history.ts"),
    tests: [
      ...inRoom("pricing", "price-book.test.ts owned.test.ts model-match.test.ts list-prices.test.ts draft.test.ts"),
      "lib/charges/nerc.test.ts",
    ],
    words: true,
  },
  {
    name: "metering",
    files: inRoom(
      "metering",
      "book.ts capacity-share.ts card-memory.ts classify.ts fleet.ts holding.ts identity.ts measures.ts meter.ts node-capacity.ts place.ts project-peaks.ts quantities.ts reconcile.ts slot-bucket.ts slots.ts timeline.ts",
    ),
    tests: inRoom(
      "metering",
      "classify.test.ts classify-edges.test.ts fleet.test.ts holding.test.ts measures.test.ts meter.property.test.ts node-capacity.test.ts place.test.ts reconcile.test.ts slots.test.ts",
    ),
  },
];
