/** What of fontkit is used here; the package brings no types. */
declare module "fontkit" {
  /** @throws Error for what is not a font. */
  export function create(font: Buffer): {
    /** The code points that it has a glyph for. */
    readonly characterSet: readonly number[];
  };
}
