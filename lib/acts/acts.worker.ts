import { parentPort } from "node:worker_threads";
import { openDb } from "@/db/client.ts";
import { answerSent } from "@/lib/api/answer-sent.ts";
import { ENDPOINTS } from "@/lib/api/endpoints/index.ts";
import { sendUsageEventsToV3 } from "@/lib/api/endpoints/usage-events.ts";
import { type Ctx, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { actThread } from "@/lib/file-thread.ts";
import { createLog } from "@/lib/log.ts";
import type { Asked, End, Stop } from "@/lib/thread.ts";
import { ACTS } from "./list.ts";
import type { Question, Reply } from "./question.ts";

actThread.isHere = true;
const log = createLog(env().LOG_LEVEL);
const db = await openDb(env().DATABASE_URL);
let stop = new AbortController();

async function answer(question: Question): Promise<Reply> {
  const { viewer, ledger } = question;
  stop = new AbortController();
  const ctx: Ctx = { db, now: systemNow, viewer, log, ledger };
  try {
    if ("request" in question)
      return { response: await answerSent(ctx, question.request, [...ENDPOINTS, sendUsageEventsToV3]) };
    // What each act takes is what `runAct` was given for it.
    const act = ACTS[question.act] as (ctx: Ctx, given: never, signal: AbortSignal) => Promise<unknown>;
    return { done: await act(ctx, question.given as never, stop.signal) };
  } catch (error) {
    if (error instanceof AppError && error.code !== "internal")
      return { refused: { code: error.code, message: error.message, fields: error.fields } };
    if (!stop.signal.aborted) log.error({ error: errorText(error) }, "work in a thread failed");
    return {
      refused: { code: "internal", message: "The server could not do that. Its log says why.", fields: undefined },
    };
  }
}

parentPort?.on("message", async (message: Asked<Question> | End | Stop) => {
  if (message === "stop") return stop.abort();
  if (message === "end") {
    await db.close();
    return parentPort?.close();
  }
  parentPort?.postMessage({ id: message.id, answer: await answer(message.question) });
});
