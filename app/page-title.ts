import "server-only";
import type { Metadata } from "next";
import { nameOf, type Titled } from "@/lib/pages/find/titles.ts";
import { getCtx } from "./ctx.ts";

const KINDS = { team: "Team", project: "Project", workload: "Workload" } as const satisfies Record<Titled, string>;

/** `nlp-research · Project`, so that ten open tabs differ; `Project` for people who may not see which. */
export async function titleOf(kind: Titled, key: string): Promise<Metadata> {
  // Whether the page may be seen the page says.
  const name = await getCtx()
    .then((ctx) => nameOf(ctx, kind, key))
    .catch(() => null);
  return { title: name ? `${name} · ${KINDS[kind]}` : KINDS[kind] };
}
