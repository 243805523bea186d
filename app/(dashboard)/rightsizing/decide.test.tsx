import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { Recommended } from "@/lib/reports/insights/recommended.ts";
import { Decide } from "./decide.tsx";

it("names the project of advice about several workloads with its cluster: others may have its name", () => {
  const of = {
    ...{ kind: "consolidate", title: "Put 2 services on 1 instead of 2 cards", uses: [{}, {}] },
    ...{ project: "research", projectId: "c-2/p-7", workloadId: "w-1; w-2", dismissed: null, recorded: null },
  } as unknown as Recommended;
  const page = renderToStaticMarkup(<Decide of={of} id="x" today={20261201} zone="UTC" />);
  const inputs = page.match(/<input[^>]*name="subject(Kind)?"[^>]*>/g)?.map((i) => /value="([^"]*)"/.exec(i)?.[1]);
  expect(inputs).toEqual(["project", "c-2/p-7"]);
});
