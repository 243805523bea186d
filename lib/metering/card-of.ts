/** The card of a slot: a MIG slice is named `card/slice`, and any of its slices shows that the card exists. */
export function cardOf(gpu: string): string {
  const slice = gpu.indexOf("/");
  return slice < 0 ? gpu : gpu.slice(0, slice);
}
