import { SectionProblem } from '../../../runner/files/section-problem.ts';
import { createSectionReader, type SectionSpan } from '../../../runner/files/section-reader.ts';

/** What can be read of a `.sql` revision, whatever is wrong with the rest. */
export interface LenientSections {
  /** Absent when there is no up section. */
  readonly up: LenientSection | undefined;
  readonly down: LenientSection | undefined;
  readonly problems: readonly TextProblem[];
}

export interface LenientSection {
  readonly transactional: boolean;
  /** Offset in the text of the file behind its last character. */
  readonly end: number;
  readonly statements: readonly LenientStatement[];
}

export interface LenientStatement {
  readonly text: string;
  /** UTF-16 offset in the text of the file. */
  readonly offset: number;
  /** Behind its last character, or behind the data of a COPY. */
  readonly end: number;
  /** Whether it runs in batches, each a transaction of its own. */
  readonly isBatched: boolean;
}

export interface TextProblem {
  readonly kind: 'unreadable' | 'transaction control';
  readonly message: string;
  readonly hint: string | undefined;
  /** UTF-16 offset in the text of the file. */
  readonly offset: number;
}

/** After so many, more of them tell nothing. */
const mostProblems = 20;

/** Reads the sections as the runner would, and goes on behind what the runner would refuse: the line is left out. */
export function readSections(text: string): LenientSections {
  const problems: TextProblem[] = [];
  for (let remaining = text; ;) {
    const read = attempt(remaining);
    if (read.problem === undefined) return { ...read.sections, problems };
    problems.push(read.problem);
    const { offset } = read.problem;
    const end = remaining.slice(offset).search(/[\r\n]|$/);
    const rest = end === -1 ? remaining.length : offset + Math.max(end, 1);
    const blanked = remaining.slice(0, offset) + ' '.repeat(rest - offset) + remaining.slice(rest);
    if (blanked === remaining || problems.length >= mostProblems) return { up: undefined, down: undefined, problems };
    remaining = blanked;
  }
}

function attempt(
  text: string,
):
  | { readonly problem: TextProblem }
  | { readonly problem: undefined; readonly sections: Omit<LenientSections, 'problems'> } {
  const statements: Record<SectionSpan['direction'], LenientStatement[]> = { up: [], down: [] };
  try {
    const reader = createSectionReader({
      onStatement: (direction, { offset, end, copyData, batch }) =>
        statements[direction].push({
          offset,
          text: text.slice(offset, end),
          end: copyData?.end ?? end,
          isBatched: batch !== undefined,
        }),
    });
    reader.read(text);
    const spans = reader.finish();
    const sectionOf = (direction: SectionSpan['direction']): LenientSection | undefined => {
      const span = spans.find((candidate) => candidate.direction === direction);
      return span && { transactional: span.transactional, end: span.end, statements: statements[direction] };
    };
    return { problem: undefined, sections: { up: sectionOf('up'), down: sectionOf('down') } };
  } catch (error) {
    if (!(error instanceof SectionProblem)) throw error;
    const { message, hint, offset } = error;
    const isControl = /^(?:begin|commit|end|rollback|abort|start|prepare\s+transaction|savepoint|release)\b/i.test(
      text.slice(offset, offset + 40),
    );
    return { problem: { kind: isControl ? 'transaction control' : 'unreadable', message, hint, offset } };
  }
}
