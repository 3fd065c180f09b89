import { formatDuration } from '../../../contract/duration.ts';
import { visibleLine } from '../../../contract/visible-text.ts';
import type { AnswerDocument } from '../../documents/documents.ts';

type Plan = AnswerDocument<'upgradePlan'>;
type PlannedRevision = Plan['revisions'][number];
type Statement = PlannedRevision['statements'][number];
type Lock = Statement['locks'][number];

/** The plan for people: what runs, what it locks and for how long about, who is in the way now, and the hash to pass on. */
export function formatPlan(plan: Plan): string {
  const { current, revisions, planHash } = plan;
  const at = `The database is at ${current ?? 'base'}`;
  if (revisions.length === 0) return `${at}, nothing is pending.\nplan hash: ${planHash}`;
  return [
    `${at}; ${revisions.length} revision${revisions.length === 1 ? '' : 's'} would run.`,
    ...revisions.flatMap((revision, index) => ['', ...revisionLines(revision, index, plan)]),
    '',
    ...tableLines(plan),
    ...obstacleLines(plan),
    '',
    `plan hash: ${planHash}`,
  ].join('\n');
}

function revisionLines(revision: PlannedRevision, index: number, { revisions }: Plan): readonly string[] {
  const { name, transactional, isScript, statements, hazards, halfway } = revision;
  const how = transactional ? 'one transaction' : 'no transaction around it';
  return [
    `${index + 1}/${revisions.length} ${visibleLine(name)} (${how}; ${reversibleText(revision)})`,
    ...(halfway === null ? [] : [`  goes on half-way: ${visibleLine(halfway)}`]),
    ...(isScript ? ['  a script: what it sends, what it locks and for how long is known when it runs'] : []),
    ...statements.flatMap(statementLines),
    // The rules do not know every statement, and silence would read as harmless.
    ...(statements.some(({ locks, hasRun }) => locks.length === 0 && !hasRun)
      ? ['  Where no lock is named, nothing that is there already is locked, as far as the rules know.']
      : []),
    ...hazards
      .filter(({ allowed }) => allowed === null)
      .map(({ severity, rule, line, message }) => `  ${severity} (line ${line}, ${rule}): ${visibleLine(message)}`),
    ...hazards.flatMap(({ rule, line, message, allowed }) =>
      allowed === null
        ? []
        : [`  accepted (line ${line}, ${rule}): ${visibleLine(message)}; the reason given: ${visibleLine(allowed)}`],
    ),
  ];
}

/** What is deleted does not come back with a down. */
const deleting: ReadonlySet<string> = new Set(['drop-table', 'drop-column', 'truncate']);

function reversibleText({ reversible, hazards }: PlannedRevision): string {
  if (reversible === 'no') return 'cannot be reverted: it has no down';
  const where =
    reversible === 'stored'
      ? 'can be reverted, its down is kept in the record'
      : 'can be reverted while its file is there';
  return hazards.some(({ rule }) => deleting.has(rule)) ? `${where}, but what it deletes does not come back` : where;
}

function statementLines({ line, text, locks, batch, hasRun }: Statement): readonly string[] {
  return [
    `  line ${line}${hasRun ? ' (has run)' : ''}: ${visibleLine(text)}`,
    ...(batch === null || hasRun
      ? []
      : [
          `    in batches of at most ${count(batch, 'row')}, a transaction each; how long in all is told while it runs`,
        ]),
    ...locks.map((lock) => `    ${lock.mode} on ${visibleLine(lock.relation)}${batch === null ? timeText(lock) : ''}`),
  ];
}

/** Shorter than this needs no figure. */
const shownMs = 500;

const works = {
  instant: '',
  scan: 'reads the table',
  build: 'builds an index',
  rewrite: 'writes the table anew',
} as const;

/** `: writes the table anew, between 1.2 s and 20.4 s; held to the end of its transaction, between 1.5 s and 28.4 s`. */
function timeText({ mode, effect, fromMs, toMs, heldFromMs, heldToMs }: Lock): string {
  const what = mode === 'ROW EXCLUSIVE' && effect === 'scan' ? 'changes as many rows as it finds' : works[effect];
  const takes = effect === 'instant' && fromMs !== null ? 'for a moment' : rangeText(fromMs, toMs);
  const isHeldOn = (heldFromMs !== fromMs || heldToMs !== toMs) && (heldToMs === null || heldToMs >= shownMs);
  const held = isHeldOn ? `; held to the end of its transaction, ${rangeText(heldFromMs, heldToMs)}` : '';
  return `${what === '' ? ', ' : `: ${what}, `}${takes}${held}`;
}

function rangeText(fromMs: number | null, toMs: number | null): string {
  if (fromMs === null || toMs === null) return 'for a time that is unknown';
  // What is done in a moment is done in the next one too.
  return toMs < shownMs ? 'less than half a second' : `between ${formatDuration(fromMs)} and ${formatDuration(toMs)}`;
}

function tableLines({ revisions, tables, readPace }: Plan): readonly string[] {
  if (tables.length === 0) return [];
  const isTimed = revisions.some(({ statements }) =>
    statements.some(({ locks }) => locks.some(({ effect, toMs }) => effect !== 'instant' && toMs !== null)),
  );
  const { megabytesPerSecond, from } = readPace;
  const basis =
    from === 'measured'
      ? `the slow end reads at ${megabytesPerSecond} MB/s, the pace that this database has measured (track_io_timing)`
      : `the slow end assumes reads at ${megabytesPerSecond} MB/s, for this database has not measured its own (track_io_timing)`;
  return [
    'Tables at this moment:',
    ...tables.map((table) => `  ${visibleLine(table.relation)}: ${tableText(table)}`),
    ...(isTimed
      ? [`Times are of the work, by size; waiting for the lock comes on top. The fast end has all in memory, ${basis}.`]
      : []),
    '',
  ];
}

function tableText(table: Plan['tables'][number]): string {
  const { rows, bytes, tableBytes, toastBytes, indexBytes, indexes, partitions } = table;
  const parts = [
    `${sizeText(tableBytes)} rows`,
    ...(toastBytes > 65_536 ? [`${sizeText(toastBytes)} TOAST`] : []),
    ...(indexes > 0 ? [`${sizeText(indexBytes)} in ${indexes} index${indexes === 1 ? '' : 'es'}`] : []),
  ];
  return [
    ...(partitions > 0 ? [count(partitions, 'partition')] : []),
    rows === null ? 'rows not counted yet (ANALYZE)' : `about ${count(rows, 'row')}`,
    `${sizeText(bytes)} (${parts.join(', ')})`,
    `${table.readsPerSecond} scans/s, ${table.writesPerSecond} rows written/s`,
  ].join(', ');
}

function obstacleLines({ obstacles, seesSessions }: Plan): readonly string[] {
  const unseen = 'This login may not see what other sessions do: GRANT pg_read_all_stats TO it, and more may show.';
  return [
    ...(obstacles.length === 0
      ? [`Nobody stands in the way at this moment${seesSessions ? '' : ', as far as this login may see'}.`]
      : ['In the way at this moment:', ...obstacles.map(({ kind, text }) => `  ${kind}: ${visibleLine(text)}`)]),
    ...(seesSessions ? [] : [unseen]),
  ];
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1_024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1_024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ''}`;
}
