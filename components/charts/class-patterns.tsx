import { CLASS_ORDER, classFill, classLook } from "@/components/classes.ts";
import { own } from "@/lib/order.ts";

const STROKES: Record<string, { width: number; paths: string[] }> = {
  hatch: { width: 1.4, paths: ["M-1 7L7 -1", "M2 10L10 2"] },
  "hatch-back": { width: 1.4, paths: ["M-1 -1L7 7", "M-4 2L4 10"] },
  cross: { width: 1, paths: ["M0 6L6 0", "M0 0L6 6"] },
};

/** The patterns that charts paint with, once in the document: `url(#class-dead-idle)`. */
export function ClassPatterns() {
  return (
    <svg aria-hidden="true" width="0" height="0" className="absolute">
      <defs>
        {CLASS_ORDER.filter((c) => classLook(c).pattern).map((c) => {
          const strokes = own(STROKES, classLook(c).pattern);
          return (
            <pattern key={c} id={`class-${c}`} width="6" height="6" patternUnits="userSpaceOnUse">
              <rect width="6" height="6" style={{ fill: classFill(c) }} />
              {strokes?.paths.map((d) => (
                <path key={d} d={d} stroke="#fff" strokeOpacity="0.5" strokeWidth={strokes.width} />
              ))}
              {!strokes && <circle cx="3" cy="3" r="1" fill="#fff" fillOpacity="0.75" />}
            </pattern>
          );
        })}
      </defs>
    </svg>
  );
}
