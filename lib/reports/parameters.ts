import { AppError } from "@/lib/errors.ts";
import { suggest } from "./read/near-names.ts";
import type { Filters } from "./read/scope.ts";
import type { Report } from "./report.ts";

/**
 * A report's filters from what a person or program gave, empty ones left out.
 * A filter that the report does not know is refused: ignoring it would return more than was asked for.
 * @throws AppError `invalid` naming the filter and those there are.
 */
export function parseFilters(report: Report, given: Readonly<Record<string, string | undefined>>): Filters {
  const known = Object.keys(report.parameters.shape);
  const filters: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!known.includes(name))
      throw new AppError("invalid", `The report ${report.slug} has no filter "${name}".${suggest(name, known)}`);
    if (value.trim() === "")
      throw new AppError("invalid", `The filter "${name}" is empty: give a name, or leave it out.`);
    filters[name] = value;
  }
  return report.parameters.parse(filters) as Filters;
}
