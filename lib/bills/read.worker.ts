import { answerInThread } from "@/lib/file-thread.ts";
import { type BillQuestion, readBillFile } from "./read.ts";

await answerInThread((question: BillQuestion) => {
  const { lines, ...rest } = readBillFile(question);
  return { items: lines, rest };
});
