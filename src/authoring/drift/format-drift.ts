import type { AnswerDocument } from '../../runner/documents/documents.ts';

type Drift = AnswerDocument<'drift'>;

/** The difference from the view of a person who has the database and the revisions before them. */
export function formatDrift({ drifted, database, revision, comparedWith, differences, versions }: Drift): string {
  const state = revision === null ? 'at base (no revision is recorded)' : `at ${revision}`;
  const other =
    versions === null
      ? []
      : [
          `The revisions were built by PostgreSQL ${versions.revisions}, the database is of ${versions.database}: a difference may be the server's.`,
        ];
  if (!drifted)
    return [`No drift: ${database}, ${state}, is what its revisions make (${comparedWith}).`, ...other].join('\n');
  const of = (change: Drift['differences'][number]['change']): Drift['differences'] =>
    differences.filter((difference) => difference.change === change);
  const count = `${differences.length} ${differences.length === 1 ? 'object' : 'objects'}`;
  return [
    `Drift: ${database}, ${state}, is not what its revisions make; ${count} differ${differences.length === 1 ? 's' : ''} (${comparedWith}).`,
    ...other,
    ...section('The database has, and no revision makes:', of('extra')),
    ...section('The revisions make, and the database has not:', of('missing')),
    ...section('The database has in another form:', of('changed')),
  ].join('\n');
}

function section(title: string, differences: Drift['differences']): readonly string[] {
  if (differences.length === 0) return [];
  return ['', title, ...differences.flatMap(formatDifference)];
}

function formatDifference({ kind, name, properties }: Drift['differences'][number]): readonly string[] {
  return [
    `  ${kind} ${name}`,
    ...properties.flatMap(({ property, revisions, database }) => [
      `    ${property}`,
      ...lines('by the revisions', revisions),
      ...lines('in the database', database),
    ]),
  ];
}

function lines(where: string, value: string | null): readonly string[] {
  const [first = '', ...more] = (value ?? 'none').trim().split('\n');
  const label = `      ${`${where}:`.padEnd(18)}`;
  return [`${label}${first}`, ...more.map((line) => `${' '.repeat(label.length)}${line}`)];
}
