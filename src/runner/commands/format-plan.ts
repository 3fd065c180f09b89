import { formatDuration } from '../../contract/duration.ts';
import { visibleLine } from '../../contract/visible-text.ts';
import type { AnswerDocument } from '../documents/documents.ts';

type Plan = AnswerDocument<'upgradePlan'>;
type PlannedRevision = Plan['revisions'][number];
type Statement = PlannedRevision['statements'][number];

/** The plan for people: what runs, what it locks and for how long about, who is in the way now, and the hash to pass on. */
export function formatPlan(plan: Plan): string {
  const { current, revisions, obstacles, planHash } = plan;
  const at = `The database is at ${current ?? 'base'}`;
  if (revisions.length === 0) return `${at}, nothing is pending.\nplan hash: ${planHash}`;
  return [
    `${at}; ${revisions.length} revision${revisions.length === 1 ? '' : 's'} would run.`,
    ...revisions.flatMap((revision, index) => ['', ...revisionLines(revision, index, plan)]),
    '',
    ...(obstacles.length === 0
      ? ['Nobody stands in the way at this moment, as far as this login may see.']
      : ['In the way at this moment:', ...obstacles.map(({ kind, text }) => `  ${kind}: ${visibleLine(text)}`)]),
    '',
    `plan hash: ${planHash}`,
  ].join('\n');
}

function revisionLines(revision: PlannedRevision, index: number, { revisions, tables }: Plan): readonly string[] {
  const { name, transactional, isScript, statements, hazards, halfway } = revision;
  const how = transactional ? 'one transaction' : 'no transaction around it';
  const lock = statements.find(({ locks }) => locks.some(({ effect }) => effect !== 'instant'));
  return [
    `${index + 1}/${revisions.length} ${visibleLine(name)} (${how}; ${reversibleText(revision)})`,
    ...(halfway === null ? [] : [`  goes on half-way: ${visibleLine(halfway)}`]),
    ...(isScript ? ['  a script: what it sends is known when it runs'] : []),
    ...statements.flatMap((statement) => statementLines(statement, tables)),
    ...hazards.map(
      ({ severity, rule, line, message }) => `  ${severity} (line ${line}, ${rule}): ${visibleLine(message)}`,
    ),
    ...(transactional && lock !== undefined && statements.length > 1
      ? ['  Its locks are held until the last of its statements has run.']
      : []),
  ];
}

function reversibleText({ reversible }: PlannedRevision): string {
  if (reversible === 'no') return 'cannot be reverted: it has no down';
  return reversible === 'stored'
    ? 'can be reverted, its down is kept in the record'
    : 'its down, if it has one, is in its file only';
}

function statementLines({ line, text, locks }: Statement, tables: Plan['tables']): readonly string[] {
  return [
    `  line ${line}: ${visibleLine(text)}`,
    // The rules do not know every statement, and silence would read as harmless.
    ...(locks.length === 0 ? ['    no lock on what is there already, as far as the rules know'] : []),
    ...locks.map(({ relation, mode, effect, fromMs, toMs, basis }) => {
      const table = tables.find((one) => one.relation === relation);
      const work =
        effect === 'instant' ? 'for a moment' : `${formatDuration(fromMs)} to ${formatDuration(toMs)} (${basis})`;
      return `    ${mode} on ${visibleLine(relation)}, ${work}${table ? `; ${tableText(table)}` : ''}`;
    }),
  ];
}

function tableText({ rows, bytes, readsPerSecond, writesPerSecond }: Plan['tables'][number]): string {
  const count = rows === null ? 'rows not counted yet' : `about ${rows.toLocaleString('en-US')} rows`;
  return `${count}, ${sizeText(bytes)}, ${readsPerSecond} scans/s, ${writesPerSecond} rows written/s`;
}

function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1_024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1_024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ''}`;
}
