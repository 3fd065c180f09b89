import type { RunEventBody } from '../../../contract/run-events.ts';

export interface StatementProgress {
  /** The statement, from 1, that is sent now. */
  readonly tell: (statement: number) => void;
  readonly stop: () => void;
}

/** So many statements have an event each: a log line is cheap, and each of them may be a long one. */
const fewStatements = 50;
const everyMs = 1_000;

/**
 * Tells which statement is at work: each one of a few; of many one a second and the last, since a log of a hundred thousand
 * lines helps nobody. A statement that takes longer than that is told in any case.
 */
export function tellProgress(
  statements: number,
  { revision, emit }: { readonly revision: string; readonly emit: (event: RunEventBody) => void },
): StatementProgress {
  let pending: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const send = (statement: number): void => emit({ event: 'statement.progress', revision, statement, statements });
  const sendPending = (): void => {
    timer = undefined;
    if (pending === undefined) return;
    send(pending);
    pending = undefined;
    timer = setTimeout(sendPending, everyMs);
  };
  return {
    tell: (statement) => {
      if (statements <= fewStatements || statement === statements) {
        pending = undefined;
        return send(statement);
      }
      pending = statement;
      if (timer === undefined) sendPending();
    },
    stop: () => clearTimeout(timer),
  };
}
