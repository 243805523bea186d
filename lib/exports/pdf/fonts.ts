import { readFileSync } from "node:fs";
import path from "node:path";
import { coverageOf, toSfnt } from "./sfnt.ts";

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

const read = (file: string): Buffer => toSfnt(readFileSync(file), path.basename(file));

function face(name: string, regularFile: string, boldFile: string): Face {
  const regular = read(regularFile);
  const bold = boldFile === regularFile ? regular : read(boldFile);
  return { name, regular, bold, covers: coverageOf(regular, path.basename(regularFile)) };
}

let inter: readonly Face[] | undefined;

/** Inter with Latin, Greek and Cyrillic, read once; then the files given, in the order in which they are tried. */
export function facesOf(fallback: readonly string[] = []): readonly Face[] {
  const file = (script: string, weight: number) => path.join(FOLDER, `inter-${script}-${weight}-normal.woff`);
  inter ??= SCRIPTS.map((script) => face(`Inter ${script}`, file(script, 400), file(script, 600)));
  return [...inter, ...fallback.map((given) => face(path.basename(given), given, given))];
}
