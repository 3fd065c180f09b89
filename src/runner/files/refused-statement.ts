/** Why a statement has no place in a section. */
export interface Refusal {
  readonly problem: string;
  readonly hint: string;
}

/** What its first words, in upper case, say against a statement; `undefined` when nothing does. */
export function refusalOf(
  words: readonly string[],
  { direction, transactional }: { readonly direction: string; readonly transactional: boolean },
): Refusal | undefined {
  if (transactional && isTransactionControl(words)) {
    return {
      problem: `${words[0] ?? ''} inside a revision that already runs in a transaction`,
      hint: `Remove it, or mark the section \`-- migrate:${direction} transaction:false\`.`,
    };
  }
  if (changesStringRules(words)) {
    return {
      problem: 'standard_conforming_strings is on here, and what follows is read so',
      hint: "Remove it, and write strings with backslash escapes as E'…'.",
    };
  }
  return undefined;
}

/** Statements that would end the runner's own transaction (savepoints are welcome). */
function isTransactionControl([first, second, third]: readonly string[]): boolean {
  if (first === 'ROLLBACK') {
    const next = second === 'WORK' || second === 'TRANSACTION' ? third : second;
    return next !== 'TO';
  }
  if (first === 'PREPARE') return second === 'TRANSACTION';
  if (first === 'START') return second === 'TRANSACTION';
  return first === 'BEGIN' || first === 'COMMIT' || first === 'END' || first === 'ABORT';
}

/** `SET standard_conforming_strings` to anything that is not plainly on (pg_dump sets it on): strings would end elsewhere. */
function changesStringRules(words: readonly string[]): boolean {
  if (words[0] !== 'SET') return false;
  const name = words[1] === 'LOCAL' || words[1] === 'SESSION' ? words[2] : words[1];
  return name === 'STANDARD_CONFORMING_STRINGS' && !/^(?:ON|TRUE|YES|DEFAULT)$/.test(words.at(-1) ?? '');
}
