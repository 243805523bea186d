import { PageLink } from "@/app/page-link.tsx";
import { paletteKeys } from "@/app/palette-keys.ts";

export default async function NotFound() {
  return (
    <div className="max-w-prose">
      <h1 className="text-xl font-semibold">There is nothing here</h1>
      <p className="mt-2 text-soft">
        The address names no page, or something that you may not see. Press <kbd>{await paletteKeys()}</kbd> to search,
        or go to the <PageLink to="/">overview</PageLink>.
      </p>
    </div>
  );
}
