import { scratchHint } from '../../scratch/scratch-hint.ts';
import { positionAt, offsetOfServerPosition } from '../../../runner/files/source-position.ts';
import { isAtLeast, whoWaits, works, type Finding, type LockEffect, type LockMode } from '../finding.ts';
import type { JudgedSection, JudgedStatement } from '../judge-statements.ts';
import { severityOf, type RuleName } from '../rules.ts';
import type { Trace } from './trace-revision.ts';

/** What running it showed beyond what the rules expected or short of it, and where it failed. */
export function compareTrace(
  section: JudgedSection,
  judged: readonly JudgedStatement[],
  trace: Trace,
): readonly Finding[] {
  const expected = new Map(judged.map(({ number, locks }) => [number, locks]));
  /** What the transaction holds already, by rule or by sight: later statements do not take it anew. */
  const held = new Map<string, LockMode>();
  const disagreements = section.statements.flatMap((statement): readonly Finding[] => {
    const observed = trace.locks.get(statement.number);
    if (observed === undefined) return [];
    const claimed = expected.get(statement.number) ?? [];
    if (section.transactional) for (const lock of claimed) hold(held, lock);
    const more = observed.filter((lock) => isMore(lock, claimed, held));
    const less = claimed.filter((lock) => isLess(lock, observed));
    if (section.transactional) for (const lock of observed) hold(held, lock);
    const at = { number: statement.number, offset: statement.offset };
    return [
      ...(more.length === 0
        ? []
        : [findingOf(section, { ...at, rule: 'observed-otherwise', message: moreText(more), locks: more })]),
      ...less.map((lock) =>
        findingOf(section, { ...at, rule: 'observed-less', message: lessText(lock), locks: [lock] }),
      ),
    ];
  });
  return [...disagreements, ...failureIn(section, trace)];
}

function hold(held: Map<string, LockMode>, { relation, mode }: LockEffect): void {
  const other = held.get(relation);
  if (other === undefined || isAtLeast(mode, other)) held.set(relation, mode);
}

function moreText(locks: readonly LockEffect[]): string {
  const [first] = locks;
  const said = locks.map(
    ({ relation, mode, effect }) => `${mode} on ${relation}${effect === 'instant' ? '' : ` for a ${effect}`}`,
  );
  return `on the scratch server this took ${said.join(', ')} (${first ? whoWaits(first.mode) : ''}), which no rule foresaw`;
}

function lessText({ relation, effect }: LockEffect): string {
  return `by the rules this is a ${effect} of ${relation}; the scratch server did without it, perhaps because its version or its settings are other ones`;
}

function failureIn(section: JudgedSection, { failure }: Trace): readonly Finding[] {
  if (!failure) return [];
  const { statement, message, position } = failure;
  const within = position === undefined ? 0 : offsetOfServerPosition(statement.text, position);
  return [
    findingOf(section, {
      rule: 'fails-on-scratch',
      number: statement.number,
      offset: statement.offset + within,
      message: `fails on a scratch server that the earlier revisions have built: ${message}`,
      locks: [],
      hint: scratchHint(message),
    }),
  ];
}

function isMore(
  { relation, mode, effect }: LockEffect,
  claimed: readonly LockEffect[],
  held: ReadonlyMap<string, LockMode>,
): boolean {
  const claim = claimed.find((lock) => lock.relation === relation);
  const expectedMode = held.get(relation) ?? claim?.mode;
  if (expectedMode === undefined || !isAtLeast(expectedMode, mode)) return true;
  return works.indexOf(effect) > works.indexOf(claim?.effect ?? 'instant');
}

/** Work of a lock that others feel, which was not to be seen. */
function isLess({ relation, mode, effect }: LockEffect, observed: readonly LockEffect[]): boolean {
  if (effect === 'instant' || !isAtLeast(mode, 'SHARE UPDATE EXCLUSIVE')) return false;
  const seen = observed.find((lock) => lock.relation === relation);
  return works.indexOf(seen?.effect ?? 'instant') < works.indexOf(effect);
}

interface Said {
  readonly rule: RuleName;
  readonly number: number;
  readonly offset: number;
  readonly message: string;
  readonly locks: readonly LockEffect[];
  readonly hint?: string | undefined;
}

function findingOf(
  { file, revision, text }: JudgedSection,
  { rule, number, offset, message, locks, hint }: Said,
): Finding {
  return {
    rule,
    severity: severityOf(rule),
    file,
    ...positionAt(text, offset),
    revision,
    statement: number,
    message,
    locks,
    ...(hint !== undefined && { recipe: `-- ${hint}` }),
  };
}
