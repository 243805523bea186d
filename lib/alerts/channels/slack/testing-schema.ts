import { z } from "zod";

/** Half of a character that JSON writes as two: Slack refuses the message. */
const wellFormed = (text: string): boolean => text.isWellFormed();

const text = (most: number) =>
  z.strictObject({
    type: z.enum(["mrkdwn", "plain_text"]),
    text: z.string().min(1).max(most).refine(wellFormed, "half of a character"),
  });

/** The most characters of a whole message: above, Slack answers `msg_blocks_too_long`. */
const MOST = 13_000;

/** What Slack takes of the blocks that we send, as its reference says; anything else is `invalid_blocks`. */
export const slackSchema = z.object({
  text: z.string().min(1).max(40_000).refine(wellFormed, "half of a character"),
  blocks: z
    .array(
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("header"), text: text(150).extend({ type: z.literal("plain_text") }) }),
        z
          .strictObject({
            type: z.literal("section"),
            text: text(3000).optional(),
            fields: z.array(text(2000)).min(1).max(10).optional(),
          })
          .refine((section) => section.text !== undefined || section.fields !== undefined, "an empty section"),
        z.strictObject({ type: z.literal("context"), elements: z.array(text(3000)).min(1).max(10) }),
        z.strictObject({
          type: z.literal("actions"),
          elements: z
            .array(z.strictObject({ type: z.literal("button"), text: text(75), url: z.url().max(3000) }))
            .max(25),
        }),
      ]),
    )
    .min(1)
    .max(50)
    .refine((blocks) => JSON.stringify(blocks).length <= MOST, "msg_blocks_too_long")
    .optional(),
});
