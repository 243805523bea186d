import { layTreemap, type Room } from "./treemap-layout.ts";

export interface TreemapLeaf {
  readonly key: string;
  readonly label: string;
  /** In the unit of the whole; what is not above 0 has no area, and is not drawn. */
  readonly value: number;
  /** The value in words. */
  readonly text: string;
  /** Where it leads; null: nowhere. */
  readonly to: string | null;
}

export interface TreemapGroup extends Omit<TreemapLeaf, "value"> {
  readonly paint: string;
  readonly leaves: readonly TreemapLeaf[];
}

/** How wide is the drawing to its height, for rectangles near to squares. */
const WIDE = 2.4;
/** Below this percent of either side there is no room for words. */
const ROOMY = { width: 7, height: 9 };

/**
 * Groups and their parts as areas in proportion: a list of links for screen readers and without scripts, drawn by the server.
 * What has no room for its name keeps it on hover and for screen readers; the table beside has every figure.
 */
export function Treemap({ groups, label }: { groups: readonly TreemapGroup[]; label: string }) {
  const drawn = groups
    .map((g) => ({ ...g, leaves: g.leaves.filter((l) => l.value > 0).sort((a, b) => b.value - a.value) }))
    .map((g) => ({ ...g, value: g.leaves.reduce((sum, l) => sum + l.value, 0) }))
    .filter((g) => g.value > 0)
    .sort((a, b) => b.value - a.value);
  const rooms = layTreemap(
    drawn.map((g) => g.value),
    { x: 0, y: 0, width: 100 * WIDE, height: 100 },
  );
  return (
    <ul aria-label={label} className="treemap">
      {drawn.map((group, i) => (
        <li key={group.key} className="treemap-group">
          <span className="sr-only">{`${group.label}: ${group.text}`}</span>
          <ul>
            {layTreemap(
              group.leaves.map((l) => l.value),
              rooms[i] as Room,
            ).map((room, j) => (
              <Leaf
                key={group.leaves[j]?.key}
                leaf={group.leaves[j] as TreemapLeaf}
                group={group}
                room={room}
                first={j === 0}
              />
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

interface LeafProps {
  readonly leaf: TreemapLeaf;
  readonly group: Pick<TreemapGroup, "label" | "paint">;
  readonly room: Room;
  readonly first: boolean;
}

function Leaf({ leaf, group, room, first }: LeafProps) {
  const isRoomy = room.width / WIDE > ROOMY.width && room.height > ROOMY.height;
  const percent = (n: number) => `${n.toFixed(3)}%`;
  const style = {
    left: percent(room.x / WIDE),
    top: percent(room.y),
    width: percent(room.width / WIDE),
    height: percent(room.height),
    "--paint": group.paint,
  };
  const words = `${leaf.label}, ${group.label}: ${leaf.text}`;
  const inner = (
    <>
      <span className="sr-only">{words}</span>
      {isRoomy && (
        <span aria-hidden="true" className="block">
          {first && <span className="block truncate text-2xs opacity-80">{group.label}</span>}
          <span className="block truncate font-medium">{leaf.label}</span>
          <span className="block truncate tabular-nums">{leaf.text}</span>
        </span>
      )}
    </>
  );
  return (
    <li className="treemap-leaf" style={style} title={words}>
      {leaf.to ? <a href={leaf.to}>{inner}</a> : <span>{inner}</span>}
    </li>
  );
}
