import { parseBatchMarker, type BatchMarker } from './batch-marker.ts';
import { SectionProblem } from './section-problem.ts';
import type { StatementSpan } from './statement-reader.ts';

/** Keeps a `-- migrate:batch` line until the statement comes that it stands above. All functions throw {@link SectionProblem}. */
export interface BatchBinder {
  /** Takes the line, whose options begin so many characters behind its start; `transactional` is undefined above the first section. */
  readonly take: (line: {
    readonly options: string;
    readonly begin: number;
    readonly offset: number;
    readonly transactional: boolean | undefined;
  }) => void;
  /** The statement, with the marker above it if there is one. */
  readonly bind: (statement: StatementSpan) => StatementSpan;
  /** Ends a section. */
  readonly finish: () => void;
}

export function createBatchBinder(): BatchBinder {
  let waiting: { readonly marker: BatchMarker; readonly offset: number } | undefined;
  const fail = (problem: string, offset: number, hint?: string): never => {
    throw new SectionProblem(problem, { offset, hint });
  };
  return {
    take: ({ options, begin, offset, transactional }) => {
      if (transactional === undefined)
        fail('"-- migrate:batch" stands above "-- migrate:up"', offset, 'Put it right above the statement.');
      if (transactional === true)
        fail(
          '"-- migrate:batch" in a section that is one transaction',
          offset,
          'Each batch is a transaction of its own: write `-- migrate:up transaction:false`.',
        );
      if (waiting) fail('a second "-- migrate:batch" above the same statement', offset);
      const marker = parseBatchMarker(options, begin);
      if ('problem' in marker) return fail(marker.problem, offset + marker.at, marker.hint);
      waiting = { marker, offset };
    },
    bind: (statement) => {
      if (!waiting) return statement;
      const { marker, offset } = waiting;
      waiting = undefined;
      if (statement.offset < offset)
        fail('"-- migrate:batch" stands inside a statement', offset, 'Put it above the statement.');
      const [word = ''] = statement.words;
      if (!/^(?:UPDATE|DELETE|INSERT|WITH|MERGE)$/.test(word))
        fail(`${word} cannot run in batches`, statement.offset, 'An UPDATE, DELETE, INSERT, MERGE or WITH can.');
      return { ...statement, batch: marker };
    },
    finish: () => {
      if (waiting) fail('"-- migrate:batch" stands above no statement', waiting.offset);
    },
  };
}
