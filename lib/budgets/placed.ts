import { listProblems } from "@/lib/csv-file.ts";
import { AppError, type ErrorCode } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { dateOfKey } from "@/lib/time.ts";
import { type BudgetInput, budgetSchema } from "./input.ts";
import { needEditable, type Places } from "./places.ts";
import { type Budget, scopeId } from "./types.ts";

/** A budget of several, and where its sender finds it: `Line 3`, `Budget 2`. */
export interface Placed {
  readonly place: string;
  /** @param latest the last day that can be planned for. @throws AppError for what cannot be read. */
  readonly read: (latest: number) => BudgetInput;
}

/** Budgets in their order, each at its place in it. */
export const placed = (budgets: readonly BudgetInput[]): Placed[] =>
  budgets.map((budget, i) => ({ place: `Budget ${i + 1}`, read: () => budget }));

interface Problem {
  readonly place: string;
  readonly error: AppError;
}

/**
 * Checks several budgets, each against its schema, the day up to which budgets can be planned, and what the viewer may change.
 * @throws AppError that lists everything that is wrong, by place: two budgets of one scope from the same day, too. Of a single budget its own error.
 */
export function readPlaced(given: readonly Placed[], latest: number, places: Places): Budget[] {
  const schema = budgetSchema(latest);
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  const budgets = given.flatMap(({ place, read }): Budget[] => {
    const tried = <T>(body: () => T): T | null => {
      try {
        return body();
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        problems.push({ place, error });
        return null;
      }
    };
    const input = tried(() => read(latest));
    if (!input) return [];
    const budget = tried(() => parseInput(schema, input));
    const scope = { value: "", ...input.scope };
    tried(() => needEditable(places, scope));
    const key = `${scopeId(scope)} ${input.fromDay}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, place);
    else
      tried(() => {
        throw new AppError(
          "invalid",
          `${places.name(scope)} has a budget from ${dateOfKey(input.fromDay)} on at ${lowered(first)} already: keep one of the two.`,
        );
      });
    return budget ? [budget] : [];
  });
  refuse(problems, given.length);
  return budgets;
}

const lowered = (place: string): string => place[0]?.toLowerCase() + place.slice(1);

function refuse(problems: readonly Problem[], count: number): void {
  const [first] = problems;
  if (!first) return;
  if (count === 1 && problems.length === 1) throw first.error;
  const codes = new Set<ErrorCode>(problems.map(({ error }) => error.code));
  const lines = problems.map(({ place, error }) => `${place}: ${error.message}`);
  throw new AppError(codes.size === 1 ? first.error.code : "invalid", `Nothing was saved:\n${listProblems(lines)}`);
}
