"use client";
import { useRouter } from "next/navigation";
import { useEffect, useTransition } from "react";

/** So long a form waits for the next tick or letter. */
const WAIT_MS = 250;

/** Where a click on a link of ours leads within the app; null for what the browser is to do: files, other sites, new tabs. */
function targetOf(event: MouseEvent): HTMLAnchorElement | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link?.href || link.target || link.hasAttribute("download") || link.origin !== location.origin) return null;
  const samePage = link.pathname === location.pathname && link.search === location.search && link.hash;
  return link.pathname.startsWith("/api/") || samePage ? null : link;
}

/** The address that a form of the address leads to, without what is empty. */
function addressOf(form: HTMLFormElement): string {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || value === "") continue;
    query.set(name, [...query.getAll(name), value].join(","));
  }
  // The action may name a place on the page: what is asked for stands before it.
  const url = new URL(form.action);
  url.search = query.toString();
  return url.href;
}

/**
 * Makes plain links and forms of the address change the page without loading it again, and shows that something comes. One
 * listener for all of them: a table of hundreds of links has no component for each. `data-stay`: the page
 * keeps its place; `data-soft` on a form: it fills the address; `data-live`: each change sends it.
 */
export function SoftNavigation() {
  const router = useRouter();
  const [pending, start] = useTransition();
  useEffect(() => {
    const go = (to: string, scroll: boolean) => start(() => router.push(to, { scroll }));
    const onClick = (event: MouseEvent) => {
      const link = targetOf(event);
      if (!link) return;
      event.preventDefault();
      go(link.href, link.dataset.stay === undefined);
    };
    const onSubmit = (event: SubmitEvent) => {
      const form = event.target as HTMLFormElement;
      if (event.defaultPrevented || form.dataset.soft === undefined) return;
      event.preventDefault();
      go(addressOf(form), false);
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onChange = (event: Event) => {
      const form = (event.target as HTMLInputElement).form;
      if (form?.dataset.live === undefined) return;
      clearTimeout(timer);
      timer = setTimeout(() => form.requestSubmit(), WAIT_MS);
    };
    document.addEventListener("click", onClick);
    document.addEventListener("submit", onSubmit);
    document.addEventListener("change", onChange);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("click", onClick);
      document.removeEventListener("submit", onSubmit);
      document.removeEventListener("change", onChange);
    };
  }, [router]);
  return pending ? <div aria-hidden="true" className="loading-bar" /> : null;
}
