import type { SentRequest, SentResponse } from "@/lib/api/sent.ts";
import type { LedgerFacts, Viewer } from "@/lib/ctx.ts";
import type { ErrorCode, FieldProblems } from "@/lib/errors.ts";
import type { ActName } from "./list.ts";

/** What a thread is asked: an act, or a request of the API; by whom, of which ledger. */
export type Question = { readonly viewer: Viewer; readonly ledger: LedgerFacts } & (
  | { readonly act: ActName; readonly given: unknown }
  | { readonly request: SentRequest }
);

/** What it answers: what the act returns, or why it refused. What is internal is logged there. */
export type Reply =
  | { readonly done: unknown }
  | { readonly response: SentResponse }
  | {
      readonly refused: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly fields: FieldProblems | undefined;
      };
    };
