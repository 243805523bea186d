/** What items of a team's digest have as their target: the people of a team are looked up when the digest leaves. */
export const teamTarget = (teamKey: number): string => `team/${teamKey}`;

/** The team whose digest a place is; null: it is not one. */
export function teamOfTarget(target: string): number | null {
  const [, key] = /^team\/(\d+)$/.exec(target) ?? [];
  return key === undefined ? null : Number(key);
}
