export type Params = Readonly<Record<string, string | undefined>>;

/** A link that keeps what the page is about and changes only `patch`; empty and undefined values leave the address. */
export function href(path: string, params: Params, patch: Params = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...params, ...patch })) if (value) query.set(key, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** The parameters that travel from page to page: the period and the cluster. */
export const TRAVELLING = ["period", "month", "from", "to", "cluster"] as const;

export function travelling(params: Params): Params {
  return Object.fromEntries(TRAVELLING.map((key) => [key, params[key]]));
}
