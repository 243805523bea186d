import type { ContentText } from "pdfmake/interfaces";
import { type Face, LATIN } from "./fonts.ts";

/** A piece of text in one family. */
export interface Run {
  readonly text: string;
  readonly font: string;
}

/** How a text looks. Colours are `#rrggbb`, sizes points. */
export type Look = Omit<ContentText, "text" | "font">;

/** Stands for a character that no face has. */
export const MISSING = "?";
/** What plain Latin needs no look-up for. */
const PLAIN = /^[\x20-\x7e]*$/;
/** Longer than this without a place to break, a word gets some. */
const LONGEST_WORD = 22;
const BREAK = "\u200b";
/** Line ends, tabs and controls; marks that steer direction or show nothing. A document shows neither. */
const SPACES = /(?:[^\S\u00a0]|\p{Cc})+/gu;
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const LONG_WORD = new RegExp(`[^\\s\\-/]{${LONGEST_WORD}}(?=[^\\s\\-/])`, "gu");

/** Sets texts in the faces that have their characters. */
export class Typesetter {
  readonly #faces: readonly Face[];
  /** Whether a character had no face. */
  incomplete = false;

  constructor(faces: readonly Face[]) {
    this.#faces = faces;
  }

  /** A text in one line, cut into runs; unknown characters are question marks. Never without a run. */
  runs(value: string): Run[] {
    const clean = value.toWellFormed().normalize("NFC").replace(SPACES, " ").replace(INVISIBLE, "");
    const text = clean.replace(LONG_WORD, `$&${BREAK}`);
    if (PLAIN.test(text)) return [{ text, font: LATIN }];
    const out: { text: string; font: string }[] = [];
    for (const character of this.#compatible(text)) {
      const { shown, font } = this.#show(character, out.at(-1)?.font ?? LATIN);
      const last = out.at(-1);
      if (last?.font === font) last.text += shown;
      else out.push({ text: shown, font });
    }
    return out;
  }

  /** The runs of a text, or of `otherwise` where there is nothing to see. */
  named(value: string, otherwise: string): Run[] {
    const runs = this.runs(value);
    return runs.every((run) => run.text.trim() === "") ? this.runs(otherwise) : runs;
  }

  /** A text node in the look given; `otherwise` where there is nothing to see. */
  text(value: string, look: Look = {}, otherwise = ""): ContentText {
    return { text: this.named(value, otherwise), ...look };
  }

  /** A character that no face has in its plainer form, where there is one: a full-width letter as a letter. */
  *#compatible(text: string): Generator<string> {
    for (const character of text) {
      const known = this.#faces.some((face) => face.covers.has(character.codePointAt(0) as number));
      yield* known ? [character] : character.normalize("NFKC");
    }
  }

  /** In the face of the text before it where that has the character: spaces and marks stay with their word. */
  #show(character: string, before: string): { shown: string; font: string } {
    const code = character.codePointAt(0) as number;
    const has = (face: Face) => face.covers.has(code);
    const same = this.#faces.find((face) => face.name === before);
    const face = same && has(same) && before !== LATIN ? same : this.#faces.find(has);
    if (face) return { shown: character, font: face.name };
    if (code === 0x20 || character === BREAK) return { shown: character, font: LATIN };
    this.incomplete = true;
    return { shown: MISSING, font: LATIN };
  }
}
