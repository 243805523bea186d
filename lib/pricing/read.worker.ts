import { answerInThread } from "@/lib/file-thread.ts";
import { answerPricing, type PricingQuestion } from "./read.ts";

await answerInThread<PricingQuestion, unknown, unknown>(answerPricing);
