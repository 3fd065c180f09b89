/** What a character may begin for PostgreSQL's scanner. */
export const kinds = {
  other: 0,
  blank: 1,
  letter: 2,
  digit: 3,
  quote: 4,
  doubleQuote: 5,
  dollar: 6,
  comment: 7,
  semicolon: 8,
  backslash: 9,
  sign: 10,
} as const;

export type CharacterKind = (typeof kinds)[keyof typeof kinds];

const byCode = Uint8Array.from({ length: 128 }, (_, code) => kindOfAscii(String.fromCharCode(code)));

/** The kind by code. All beyond ASCII are letters, a no-break space too. */
export function kindOf(code: number): CharacterKind {
  return code < 128 ? (byCode[code] as CharacterKind) : kinds.letter;
}

/** Whether the character belongs to a word that has begun. */
export function isInWord(code: number): boolean {
  const kind = kindOf(code);
  return kind === kinds.letter || kind === kinds.digit || kind === kinds.dollar;
}

function kindOfAscii(character: string): CharacterKind {
  if (/[ \t\n\r\f\v]/.test(character)) return kinds.blank;
  if (/[A-Za-z_]/.test(character)) return kinds.letter;
  if (/\d/.test(character)) return kinds.digit;
  if (/[-/]/.test(character)) return kinds.comment;
  if (/[().]/.test(character)) return kinds.sign;
  const own = {
    "'": kinds.quote,
    '"': kinds.doubleQuote,
    $: kinds.dollar,
    ';': kinds.semicolon,
    '\\': kinds.backslash,
  };
  return own[character as keyof typeof own] ?? kinds.other;
}
