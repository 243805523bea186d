import { Worker } from "node:worker_threads";
import pLimit, { type LimitFunction } from "p-limit";
import type { SentRequest, SentResponse } from "@/lib/api/sent.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { Thread } from "@/lib/thread.ts";
import type { ActName, Done, Given } from "./list.ts";
import type { Question, Reply } from "./question.ts";

/** What waits for each other: files, bodies of the API, other systems that are asked, and charging. */
const LANES = ["files", "bodies", "sources", "charges"] as const;
type Lane = (typeof LANES)[number];

interface Held {
  thread?: Thread<Question, Reply> | undefined;
  /** One after the other: what they take does not add up, and one that ends its thread does not end the others. */
  readonly turns: LimitFunction;
  idle?: NodeJS.Timeout | undefined;
}

/** Kept on globalThis: modules that are bundled twice share one. */
const place = globalThis as { gpuLedgerActs?: Map<Lane, Held> };
place.gpuLedgerActs ??= new Map(LANES.map((lane) => [lane, { turns: pLimit(1) }]));
const lanes = place.gpuLedgerActs;

/** What waits holds what it was sent, up to 16 MiB each: more is refused. */
const MOST_WAITING = 12;

/** After as long a thread that has nothing to do ends. */
const IDLE_MS = 30_000;

function threadOf(held: Held): Thread<Question, Reply> {
  clearTimeout(held.idle);
  if (!held.thread || held.thread.ended)
    held.thread = new Thread(
      new Worker(new URL("./acts.worker.ts", import.meta.url), {
        resourceLimits: { maxOldGenerationSizeMb: 144, maxYoungGenerationSizeMb: 16 },
      }),
      "the thread that does this",
    );
  return held.thread;
}

async function end(held: Held): Promise<void> {
  clearTimeout(held.idle);
  const { thread } = held;
  held.thread = undefined;
  await thread?.end();
}

const rest = (held: Held): void => {
  held.idle = setTimeout(() => void end(held), IDLE_MS).unref();
};

/** Ends every thread that has nothing to do: the next act starts another. */
export async function endThreads(): Promise<void> {
  for (const held of lanes.values()) await held.turns(() => end(held));
}

/** Bytes that are passed on and not copied: the sender reads them no further. */
const buffersOf = (given: unknown): ArrayBuffer[] => {
  if (given instanceof Uint8Array)
    return given.buffer instanceof ArrayBuffer && given.byteLength === given.buffer.byteLength ? [given.buffer] : [];
  return typeof given === "object" && given !== null ? Object.values(given).flatMap(buffersOf) : [];
};

/** @throws AppError as the act; `busy` where many wait already; `too_large` where it takes more memory than one may; `internal` where its thread fails. */
function ask(lane: Lane, question: Question, signal?: AbortSignal): Promise<Exclude<Reply, { refused: unknown }>> {
  const held = lanes.get(lane) as Held;
  if (held.turns.pendingCount >= MOST_WAITING)
    throw new AppError("busy", "Too much waits to be read at the moment, and nothing was saved. Send it again later.");
  return held.turns(async () => {
    signal?.throwIfAborted();
    const thread = threadOf(held);
    const stop = () => thread.stop();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      const reply = await thread.ask(question, buffersOf(question));
      if (!("refused" in reply)) return reply;
      const { code, message, fields } = reply.refused;
      throw new AppError(code, message, { fields });
    } catch (error) {
      if ((error as { code?: string }).code !== "ERR_WORKER_OUT_OF_MEMORY") throw error;
      throw new AppError("too_large", "Nothing was saved: this takes too much memory to read. Send less at once.");
    } finally {
      signal?.removeEventListener("abort", stop);
      rest(held);
    }
  });
}

/** Does an act in a thread, so that a server answers others meanwhile. @throws AppError as the act does. */
export async function runAct<N extends ActName>(
  ctx: Ctx,
  lane: Lane,
  act: N,
  given: Given<N>,
  signal?: AbortSignal,
): Promise<Done<N>> {
  const { viewer, ledger } = ctx;
  const reply = await ask(lane, { viewer, ledger, act, given }, signal);
  return ("done" in reply ? reply.done : undefined) as Done<N>;
}

/** Answers a request of the API there. @throws AppError `too_large`, `internal`. */
export async function answerBeside({ viewer, ledger }: Ctx, request: SentRequest): Promise<SentResponse> {
  const reply = await ask("bodies", { viewer, ledger, request });
  if ("response" in reply) return reply.response;
  throw new AppError("internal", "The thread gave no answer to a request.");
}
