import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testMessage } from "@/lib/alerts/testing-message.ts";
import { CHANGES, type Message, SEVERITIES } from "@/lib/alerts/types.ts";
import { slackBody, slackText } from "./blocks.ts";
import { slackSchema } from "./testing-schema.ts";

/** Texts of any length and script, with what Slack reads as markup. */
const text = (most: number) =>
  fc.oneof(
    fc.string({ maxLength: most, unit: "grapheme" }),
    fc.string({
      minLength: Math.min(most, 200),
      maxLength: most,
      unit: fc.constantFrom("&", "<", ">", "🎉", "a", "\n", "|"),
    }),
  );
const link = fc.oneof(fc.constant(""), fc.webUrl({ withQueryParameters: true, withFragments: true }));
const item = fc.record({
  ...{ change: fc.constantFrom(...CHANGES), severity: fc.constantFrom(...SEVERITIES), title: text(600) },
  ...{ summary: text(300), link, at: fc.constant(1_700_000_000) },
});
const message: fc.Arbitrary<Message> = fc
  .record({
    ...{
      change: fc.constantFrom(...CHANGES),
      severity: fc.constantFrom(...SEVERITIES),
      title: text(2000).map((t) => `A${t}`),
    },
    ...{ summary: text(4000), link, team: text(300) },
    facts: fc.array(fc.record({ label: text(300), value: text(3000) }), { maxLength: 12 }),
    items: fc.array(item, { maxLength: 60 }),
  })
  .map(testMessage);

describe("a message of Slack", () => {
  it("is within every limit of Block Kit, whatever it says", () => {
    fc.assert(
      fc.property(message, (given) => {
        expect(slackSchema.safeParse(slackBody(given)).error?.message ?? "").toBe("");
        expect(slackSchema.safeParse(slackText(given)).error?.message ?? "").toBe("");
      }),
      { numRuns: 300 },
    );
  });

  it("is refused by the same schema where it passes a limit: the check can fail", () => {
    const body = slackBody(testMessage());
    const problems = (blocks: unknown) => slackSchema.safeParse({ ...body, blocks }).success;
    const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
    expect([
      problems(body.blocks),
      problems(Array(51).fill(section("a"))),
      problems([section("a".repeat(3001))]),
      problems([{ type: "section", fields: Array(11).fill({ type: "mrkdwn", text: "a" }) }]),
      problems([section("\ud83c")]),
      problems(Array(5).fill(section("a".repeat(2900)))),
    ]).toEqual([true, false, false, false, false, false]);
  });

  it("lists the newest alerts of a long digest, and says how many more there are", () => {
    const items = Array.from({ length: 50 }, (_, i) => ({
      ...{ change: "trigger" as const, severity: "warning" as const, title: `Alert ${i} ${"x".repeat(150)}` },
      ...{ summary: "", link: `https://ledger.example/alerts?event=${i}`, at: 1_700_000_000 },
    }));
    const sent = JSON.stringify(slackBody(testMessage({ change: "digest", items })).blocks);
    const listed = [...sent.matchAll(/Alert (\d+) /g)].map(([, n]) => Number(n));
    expect(listed.at(-1)).toBe(49);
    expect(listed.length).toBeGreaterThan(15);
    expect(listed).toEqual(Array.from({ length: listed.length }, (_, i) => 50 - listed.length + i));
    expect(sent).toContain(`${50 - listed.length} more`);
  });
});
