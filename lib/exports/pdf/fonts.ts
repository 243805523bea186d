import { readFileSync } from "node:fs";
import path from "node:path";
import { create } from "fontkit";
import { AppError } from "@/lib/errors.ts";
import { unpackWoff } from "./woff.ts";

/** A family of two weights, and the characters that it has. */
export interface Face {
  readonly name: string;
  readonly regular: Buffer;
  readonly bold: Buffer;
  readonly covers: ReadonlySet<number>;
}

/** Parts of Inter by script, as the package brings them; the first that has a character shows it. */
const SCRIPTS = ["latin", "latin-ext", "vietnamese", "greek", "greek-ext", "cyrillic", "cyrillic-ext"] as const;

/** From the folder that the program runs in, as migrations are. */
const FOLDER = path.join(process.cwd(), "node_modules/@fontsource/inter/files");

/** The family of figures, labels and everything that is written in plain Latin. */
export const LATIN = "Inter latin";

function face(name: string, regularFile: string, boldFile: string): Face {
  const regular = readFont(regularFile);
  const bold = boldFile === regularFile ? regular : readFont(boldFile);
  return { name, regular: regular.bytes, bold: bold.bytes, covers: regular.covers };
}

const readFont = (file: string) => fontOf(readFileSync(file), path.basename(file));

/**
 * A font as documents embed it, with the code points that it has a glyph for.
 * @throws AppError `invalid` naming a font that they cannot: WOFF2, whose glyphs come out blank, or what is not a font.
 */
export function fontOf(file: Buffer, name: string): { readonly bytes: Buffer; readonly covers: ReadonlySet<number> } {
  if (file.toString("latin1", 0, 4) === "wOF2")
    throw new AppError("invalid", `The font ${name} is WOFF2: documents take TrueType, OpenType or WOFF fonts.`);
  try {
    const bytes = unpackWoff(file);
    return { bytes, covers: new Set(create(bytes).characterSet) };
  } catch (cause) {
    const message = `The font ${name} cannot be read: documents take TrueType, OpenType or WOFF files of one font.`;
    throw new AppError("invalid", message, { cause });
  }
}

let inter: readonly Face[] | undefined;

/** Inter with Latin, Greek and Cyrillic, read once; then the files given, in the order in which they are tried. */
export function facesOf(fallback: readonly string[] = []): readonly Face[] {
  const file = (script: string, weight: number) => path.join(FOLDER, `inter-${script}-${weight}-normal.woff`);
  inter ??= SCRIPTS.map((script) => face(`Inter ${script}`, file(script, 400), file(script, 600)));
  return [...inter, ...fallback.map((given) => face(path.basename(given), given, given))];
}
