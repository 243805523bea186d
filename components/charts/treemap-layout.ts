/** A rectangle in percent of the room: 0 to 100 from the left and from the top. */
export interface Room {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Places values as rectangles whose areas are in proportion to them and which fill the room, as near to squares as can be
 * ("squarified": Bruls, Huizing and van Wijk, 2000). Order is kept: hand in the largest first.
 * @param sizes each ≥ 0; all of them 0: every rectangle is empty. @param room where; in percent, or any unit that is the same for both axes.
 */
export function layTreemap(sizes: readonly number[], room: Room): Room[] {
  const out: Room[] = [];
  let rest = room;
  for (let from = 0; from < sizes.length; ) {
    // Added up again each time: what is left of a large sum after subtractions is no longer that of the small ones.
    const left = sizes.slice(from).reduce((sum, s) => sum + s, 0);
    if (left <= 0 || rest.width * rest.height <= 0) {
      out.push({ ...rest, width: 0, height: 0 });
      from++;
      continue;
    }
    const scale = (rest.width * rest.height) / left;
    const side = Math.min(rest.width, rest.height);
    let until = from + 1;
    while (
      until < sizes.length &&
      worst(sizes.slice(from, until + 1), scale, side) <= worst(sizes.slice(from, until), scale, side)
    )
      until++;
    const row = sizes.slice(from, until);
    const sum = row.reduce((a, b) => a + b, 0);
    const { placed, remaining } = layRow(row, Math.min((sum * scale) / side, Math.max(rest.width, rest.height)), rest);
    out.push(...placed);
    rest = remaining;
    from = until;
  }
  return out;
}

/** The longest of the sides' ratios in a row that is laid along a side: 1 is a square. */
function worst(row: readonly number[], scale: number, side: number): number {
  const sum = row.reduce((a, b) => a + b, 0) * scale;
  if (sum === 0) return Number.POSITIVE_INFINITY;
  const [high, low] = [Math.max(...row) * scale, Math.min(...row) * scale];
  return Math.max((side * side * high) / (sum * sum), low === 0 ? 0 : (sum * sum) / (side * side * low));
}

/** A row along the shorter side of the room, as thick as its sum needs; and the room that is left. */
function layRow(row: readonly number[], thickness: number, room: Room): { placed: Room[]; remaining: Room } {
  const isWide = room.width >= room.height;
  const side = isWide ? room.height : room.width;
  const sum = row.reduce((a, b) => a + b, 0);
  let at = 0;
  const placed = row.map((size): Room => {
    const length = sum === 0 ? 0 : (side * size) / sum;
    const rect = isWide
      ? { x: room.x, y: room.y + at, width: thickness, height: length }
      : { x: room.x + at, y: room.y, width: length, height: thickness };
    at += length;
    return rect;
  });
  const remaining = isWide
    ? { ...room, x: room.x + thickness, width: Math.max(0, room.width - thickness) }
    : { ...room, y: room.y + thickness, height: Math.max(0, room.height - thickness) };
  return { placed, remaining };
}
