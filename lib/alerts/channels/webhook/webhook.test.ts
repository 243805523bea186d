import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createPost } from "@/lib/alerts/channels/post.ts";
import { type Received, type Receiver, startReceiver } from "@/lib/alerts/channels/testing-receiver.ts";
import { testMessage } from "@/lib/alerts/testing-message.ts";
import { webhook } from "./index.ts";
import { secretProblem } from "./sign.ts";

const SECRET = `whsec_${Buffer.from("the secret of this test, and long").toString("base64")}`;
const OLD = `whsec_${Buffer.from("an older secret of this test, also long").toString("base64")}`;
let receiver: Receiver;
const verify = ({ body, headers }: Received, secret: string) =>
  new Webhook(secret).verify(body, headers as Record<string, string>);

beforeAll(async () => {
  receiver = await startReceiver((request) => {
    try {
      verify(request, SECRET);
      const isRight =
        request.method === "POST" && request.path === "/hook" && request.headers["content-type"] === "application/json";
      return { status: isRight ? 204 : 400 };
    } catch {
      return { status: 401 };
    }
  });
});
afterAll(() => receiver.close());

const send = (secret: string, path = "/hook") =>
  webhook.send(
    testMessage(),
    {},
    { url: `${receiver.url}${path}`, secret },
    {
      post: createPost({ allowed: ["127.0.0.1"], timeoutMs: 5000, nowMs: Date.now }),
      ...{ mailer: null, now: Math.floor(Date.now() / 1000), target: "" },
    },
  );

it("is verified by the public package of Standard Webhooks", async () => {
  expect(await send(SECRET)).toMatchObject({ result: "sent", status: 204 });
  const [got] = receiver.got as [Received];
  expect(verify(got, SECRET)).toMatchObject({
    type: "alert.trigger",
    timestamp: "2023-11-14T23:13:20Z",
    data: {
      dedupe_key: "gpu-ledger:1:sync",
      severity: "critical",
      facts: { "Last sync": "20 Nov, 08:00" },
      resolved_at: null,
    },
  });
  expect(got.headers["webhook-id"]).toBe("event-1.1");
});

it("signs with the new and the old secret while they rotate", async () => {
  expect(await send(`${OLD} ${SECRET}`)).toMatchObject({ result: "sent" });
  const got = receiver.got.at(-1) as Received;
  expect([SECRET, OLD].every((secret) => verify(got, secret))).toBe(true);
});

it("fails for good where the receiver refuses the signature, and tries again where it is busy", async () => {
  expect(await send(OLD)).toMatchObject({ result: "failed", status: 401 });
  expect(await send(SECRET, "/other")).toMatchObject({ result: "failed", status: 400 });
  receiver.answers.push({ status: 429, headers: { "retry-after": "9" } }, { status: 500 }, { status: 301 }, "cut", {
    status: 410,
  });
  expect(await send(SECRET)).toMatchObject({ result: "retry", retryAfterSeconds: 9 });
  expect((await send(SECRET)).result).toBe("retry");
  expect((await send(SECRET)).result).toBe("failed");
  expect((await send(SECRET)).result).toBe("retry");
  expect((await send(SECRET)).result).toBe("closed");
});

it.each(["", "secret", "whsec_short", `whsec_${"A".repeat(30)} x`])("takes no secret such as %j", (text) =>
  expect(secretProblem(text)).toMatch(/whsec_/),
);
