import type { StatementSpan, TextSpan } from './statement-reader.ts';

/** What goes to the server at once: neighbouring statements as one simple query, or one COPY with its data. */
export interface Piece extends TextSpan {
  readonly statements: number;
  /** 1-based number of its first statement in the section. */
  readonly firstStatement: number;
  readonly copyData?: TextSpan;
}

export interface PiecePlanner {
  readonly add: (statement: Pick<StatementSpan, 'offset' | 'end' | 'copyData'>) => void;
  readonly pieces: () => readonly Piece[];
  readonly statements: () => number;
}

/** Puts statements together into pieces of at most `longest` characters; a longer statement is a piece of its own. */
export function createPiecePlanner(longest: number): PiecePlanner {
  const pieces: { -readonly [Field in keyof Piece]: Piece[Field] }[] = [];
  let statements = 0;
  return {
    add: ({ offset, end, copyData }) => {
      statements += 1;
      const last = pieces.at(-1);
      if (last && !last.copyData && !copyData && end - last.offset <= longest) {
        last.end = end;
        last.statements += 1;
      } else {
        pieces.push({ offset, end, statements: 1, firstStatement: statements, ...(copyData && { copyData }) });
      }
    },
    pieces: () => pieces,
    statements: () => statements,
  };
}
