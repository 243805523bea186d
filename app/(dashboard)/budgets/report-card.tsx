import { href, type Params } from "@/components/href.ts";
import { TextLink } from "@/components/ui/text-link.tsx";
import type { ScopeOutlook } from "@/lib/budgets/outlooks.ts";
import { scopeId } from "@/lib/budgets/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { measured } from "@/lib/pages/budgets.ts";
import { CardParts, REPORT_CARD } from "./[scope]/card.tsx";

/** The page of a scope, where its report card is. */
export const reportCardPath = ({ scope }: Pick<ScopeOutlook, "scope">): string =>
  `/budgets/${encodeURIComponent(scopeId(scope))}#${REPORT_CARD}`;

/** The address of the page that shows a forecast: `card` in it names the scope whose report card is open. */
export interface At {
  readonly path: string;
  readonly params: Params;
}

interface Props extends At {
  readonly ctx: Ctx;
  readonly view: ScopeOutlook;
}

/** Opens the report card of a forecast beside it. It is measured when it is asked for: that takes some tenths of a second. */
export function ReportCard({ ctx, view, path, params }: Props) {
  const id = scopeId(view.scope);
  const isOpen = params.card === id;
  const anchor = `forecast-${id.replace(/[^a-z0-9]+/gi, "-")}`;
  return (
    <div id={anchor} className="mt-3 min-w-0 scroll-mt-20 text-sm">
      <TextLink to={`${href(path, params, { card: isOpen ? undefined : id })}#${anchor}`} stay>
        {isOpen ? "Hide the report card" : "How good is this forecast?"}
      </TextLink>
      {isOpen && (
        <div className="mt-3 min-w-0 border-l-2 border-line pl-4">
          <CardParts view={view} {...measured(ctx, view)} />
          <p className="mt-2">
            <TextLink to={reportCardPath(view)}>With the chart and earlier forecasts</TextLink>
          </p>
        </div>
      )}
    </div>
  );
}
