import type { Gap } from "./docs.ts";

/**
 * Words that readers stumble over, each with what says it better: the ones that are always wrong here, so that a text search finds them. Held
 * against pages, messages, documents, comments, identifiers and commits alike.
 */
const WORDS: readonly { readonly found: RegExp; readonly better: string }[] = [
  { found: /\b(?:[Tt]old|[Tt]ell(?:s|ing)?)\b/, better: "report, show, list, return, say" },
  { found: /\b[Aa]new\b/, better: "again" },
  { found: /\basked for again\b/, better: "retried" },
  { found: /\bin vain\b/, better: "without result" },
  { found: /\b(?:is|are|was|were|be) none\b/, better: "no …, not a …, without …" },
  { found: /\b[Ww]hose (?:it|they) (?:is|are|was|were)\b|\bwhat is its\b/, better: "the owner, what belongs to it" },
  { found: /\bany more\b/, better: "no longer …" },
  { found: /\b[Pp]ut(?:s|ting)?(?: [a-z]+){0,2} away\b/, better: "archive" },
  { found: /\b[Cc]ure[ds]?\b/, better: "resolve, fix" },
  { found: /\b[Ww]hoever\b/, better: "the person who, anyone who, no matter who" },
  { found: /\b[Ff]or who sees\b/, better: "requires access to …" },
  { found: /\b[Mm]ade (?:team|project|department)\b/, better: "created" },
];

/** Every such word of a text, with its line. */
export function checkWords(file: string, text: string): Gap[] {
  return text.split("\n").flatMap((line, i) =>
    WORDS.flatMap(({ found, better }) => {
      const word = found.exec(line)?.[0];
      return word === undefined ? [] : [{ file: `${file}:${i + 1}`, detail: `"${word}" is not plain: ${better}` }];
    }),
  );
}

const LONGEST_SUBJECT = 60;

/** Subjects of commits, newest first: short, and in plain words. */
export function checkSubjects(subjects: readonly string[]): Gap[] {
  return subjects.flatMap((subject) => [
    ...checkWords(`commit "${subject}"`, subject),
    ...(subject.length > LONGEST_SUBJECT
      ? [{ file: `commit "${subject}"`, detail: `${subject.length} characters, at most ${LONGEST_SUBJECT}` }]
      : []),
  ]);
}
