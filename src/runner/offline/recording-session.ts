import type { Session } from '../database/connection/session.ts';
import { sqlLiteral } from './sql-literal.ts';
import { sqlSpans } from './sql-spans.ts';

/** A revision asked what only a database can answer. */
export class NeedsDatabase extends Error {
  override readonly name = 'NeedsDatabase';

  constructor() {
    super('it reads what the database answers');
  }
}

export interface Recording {
  /** To be given to whatever writes to a session; only `query` works, and it never ends. */
  readonly session: Session;
  /** What was asked so far, values written into the text. */
  readonly statements: readonly string[];
  /** Whether somebody looked at an answer, also when the error that this throws was swallowed. */
  readonly wasRead: () => boolean;
}

/**
 * A session that runs nothing and notes everything. Its answers throw when somebody looks into them, but for what is said here
 * to be known.
 */
export function createRecording(known: { readonly rowCount?: number } = {}): Recording {
  const statements: string[] = [];
  let read = false;
  const refuseReading = (): never => {
    read = true;
    throw new NeedsDatabase();
  };
  // `await` asks every value for `then`; any other question wants to know what is in the database.
  const unreadable = <T extends object>(target: T, fields: Readonly<Record<string, unknown>> = {}): T =>
    new Proxy(target, {
      get: (_, property) =>
        typeof property === 'string' && property in fields
          ? fields[property]
          : property === 'then'
            ? undefined
            : refuseReading(),
      has: refuseReading,
      ownKeys: refuseReading,
      getOwnPropertyDescriptor: refuseReading,
    });
  const query = (text: string, values: readonly unknown[] = []): Promise<unknown> => {
    statements.push(withValues(text, values));
    return Promise.resolve(unreadable({}, { ...known, rows: unreadable([]) }));
  };
  const ignore = (): void => undefined;
  return { session: { query, once: ignore, off: ignore } as unknown as Session, statements, wasRead: () => read };
}

/** The statement with its parameters written in as literals. @throws Error for a value that SQL cannot hold. */
export function withValues(text: string, values: readonly unknown[]): string {
  if (values.length === 0) return text;
  const literals = values.map(sqlLiteral);
  return sqlSpans(text)
    .map((span) =>
      span.kind === 'code'
        ? span.text.replace(
            /(?<![\w$\u0080-\uffff])\$(\d+)/g,
            (whole, number: string) => literals[Number(number) - 1] ?? whole,
          )
        : span.text,
    )
    .join('');
}
