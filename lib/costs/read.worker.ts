import { answerInThread } from "@/lib/file-thread.ts";
import { type CostQuestion, readCostFile } from "./read.ts";

await answerInThread((question: CostQuestion) => {
  const { lines, ...rest } = readCostFile(question);
  return { items: lines, rest };
});
