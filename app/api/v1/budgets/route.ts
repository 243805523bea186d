import { serve } from "@/app/api/serve.ts";
import { budgets, setBudgetsByApi } from "@/lib/api/endpoints/budgets.ts";

export const dynamic = "force-dynamic";

export const GET = serve(budgets);
export const PUT = serve(setBudgetsByApi);
