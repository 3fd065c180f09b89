import { positionAt } from '../../runner/files/source-position.ts';
import type { Consequence, VersionRange } from './consequences/consequence.ts';
import { consequencesOf } from './consequences/consequences-of.ts';
import { strongestLocks, type Finding, type LockEffect } from './finding.ts';
import { findRelation, type Knowledge } from './knowledge.ts';
import { learn } from './learn.ts';
import { offsetOfByte, type ParsedStatement } from './parse-statements.ts';
import { judgePhase } from './release/phase.ts';
import { judgeRelease } from './release/judge-release.ts';
import { learnRelease } from './release/learn-release.ts';
import { newRelease } from './release/release-facts.ts';
import { watchAlters } from './repeated-alters.ts';
import { severityOf, type RuleName } from './rules.ts';
import { watchTransaction } from './transaction.ts';
import {
  foreignKeysIn,
  keyOf,
  objectionTo,
  withoutIndex,
  type NewForeignKey,
  type UnindexedKey,
} from './unindexed-keys.ts';

/** A section of a revision, parsed. */
export interface JudgedSection {
  /** Name of the revision, and its path for people. */
  readonly revision: string;
  readonly file: string;
  /** The whole text of the file, which positions count in. */
  readonly text: string;
  /** Their offsets count in that text. */
  readonly statements: readonly ParsedStatement[];
  readonly transactional: boolean;
}

export interface JudgeSettings {
  readonly versions: VersionRange;
  /** How long a statement may wait for a lock, as the runner sets it; 0 is for ever. */
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** Whether the revisions that are judged one after the other are deployed together; else each is a release of its own. */
  readonly release: 'together' | 'each alone';
}

export interface JudgedStatement {
  readonly number: number;
  /** What it locks of what was there before the revision, harmless or not. */
  readonly locks: readonly LockEffect[];
}

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly statements: readonly JudgedStatement[];
  /** Those of the findings that a later revision may answer. */
  readonly unindexed: readonly UnindexedKey[];
  /** What is known when all of it has run; the revision's own objects are no longer fresh. */
  readonly after: Knowledge;
}

interface AddedKey extends NewForeignKey {
  readonly statement: ParsedStatement;
}

/** Judges the statements of one section against what is known of the database before it. Pure: nothing is run. */
export function judgeStatements(
  section: JudgedSection,
  { settings, knowledge: before }: { readonly settings: JudgeSettings; readonly knowledge: Knowledge },
): Judgement {
  const knowledge = structuredClone(before);
  const findings: Finding[] = [];
  const isRepeated = repeatedLocks(section);
  const keptAsViews = viewsBehind(section);
  const alters = watchAlters(section);
  const added: AddedKey[] = [];
  const watch = watchTransaction({ transactional: section.transactional, ...settings });
  const statements = section.statements.map((statement): JudgedStatement => {
    const { node, problem, number } = statement;
    if (problem) {
      findings.push(
        findingAt(section, statement, { rule: 'unparsable', message: problem.message, offset: problem.offset }),
      );
    }
    if (!node) return { number, locks: [] };
    const own = consequencesOf({
      statement,
      knowledge,
      versions: settings.versions,
      keptAsViews: keptAsViews(number, knowledge),
    });
    const locks = strongestLocks(own.flatMap((consequence) => consequence.locks));
    const consequences = [
      ...judgeRelease(node, knowledge),
      ...own,
      ...alters.judge(statement, own, knowledge),
      ...watch.judge(node, locks, knowledge),
    ];
    findings.push(
      ...consequences.flatMap((consequence) =>
        isRepeated(consequence) ? [] : objectionIn(section, statement, consequence),
      ),
    );
    learnRelease(knowledge, node, section.revision);
    learn(knowledge, node, { isTransactional: section.transactional });
    added.push(...foreignKeysIn(node, knowledge).map((key) => ({ ...key, statement })));
    return { number, locks };
  });
  const unindexed = withoutIndex(added, knowledge).flatMap((key) =>
    objectionIn(section, key.statement, { locks: [], objection: objectionTo(key, knowledge) }).map((finding) => ({
      finding,
      table: keyOf(key.table),
      columns: key.columns,
    })),
  );
  findings.push(...unindexed.map(({ finding }) => finding));
  findings.push(...judgePhase(knowledge, { ...section, findings, tables: tablesOf(statements, knowledge) }));
  return {
    findings,
    statements,
    unindexed,
    after: settled(knowledge, settings.release === 'together' ? section.revision : undefined),
  };
}

/** Views that later statements of the transaction make; outside one there is a moment without them. */
function viewsBehind({
  transactional,
  statements,
}: JudgedSection): (number: number, knowledge: Knowledge) => ReadonlySet<string> {
  const views = statements.flatMap(({ node, number }) =>
    transactional && node && 'ViewStmt' in node ? [{ number, view: node.ViewStmt.view ?? {} }] : [],
  );
  return (number, knowledge) =>
    new Set(views.flatMap((made) => (made.number > number ? [findRelation(knowledge, made.view).key] : [])));
}

/** In a transaction the lock on the other table of a foreign key is taken once, whatever refers to it after that. */
function repeatedLocks({ transactional }: JudgedSection): (consequence: Consequence) => boolean {
  const taken = new Set<string>();
  return ({ locks, objection }) => {
    if (!transactional || objection?.rule !== 'foreign-key-locks-other-table') return false;
    const key = locks.map(({ relation }) => relation).join(' ');
    const isKnown = taken.has(key);
    taken.add(key);
    return isKnown;
  };
}

function objectionIn(
  section: JudgedSection,
  statement: ParsedStatement,
  { locks, objection }: Consequence,
): readonly Finding[] {
  if (!objection) return [];
  const { rule, message, recipe, at } = objection;
  const offset = at === undefined ? 0 : offsetOfByte(statement.text, at);
  return [findingAt(section, statement, { rule, message, offset, locks: strongestLocks(locks), recipe })];
}

interface Said {
  readonly rule: RuleName;
  readonly message: string;
  /** UTF-16 offset in the statement. */
  readonly offset: number;
  readonly locks?: readonly LockEffect[];
  readonly recipe?: readonly string[] | undefined;
}

function findingAt(
  { file, revision, text }: JudgedSection,
  statement: ParsedStatement,
  { rule, message, offset, locks = [], recipe }: Said,
): Finding {
  return {
    rule,
    severity: severityOf(rule),
    file,
    ...positionAt(text, statement.offset + offset),
    revision,
    statement: statement.number,
    message,
    locks,
    ...(recipe && { recipe: recipe.map((line) => (line.startsWith('--') ? line : `${line};`)).join('\n') }),
  };
}

/** What the revision locks or makes. */
function tablesOf(statements: readonly JudgedStatement[], { relations }: Knowledge): readonly string[] {
  const made = [...relations].flatMap(([key, { isFresh }]) => (isFresh ? [key] : []));
  return [...made, ...statements.flatMap(({ locks }) => locks.map(({ relation }) => relation))];
}

/** When the revision is over, what it made is used by others like everything else, or comes with the release that it is part of. */
function settled(knowledge: Knowledge, releasedWith: string | undefined): Knowledge {
  const settle = (thing: { isFresh: boolean; unreleasedIn?: string }): void => {
    if (releasedWith === undefined) delete thing.unreleasedIn;
    else if (thing.isFresh) thing.unreleasedIn ??= releasedWith;
    thing.isFresh = false;
  };
  for (const relation of knowledge.relations.values()) {
    settle(relation);
    relation.isFilled = false;
    for (const column of relation.columns.values()) settle(column);
    for (const constraint of relation.constraints.values()) constraint.isFresh = false;
  }
  for (const type of knowledge.types.values())
    if (type.kind === 'enum') Object.assign(type, { isFresh: false, freshLabels: [] });
  return releasedWith === undefined ? { ...knowledge, release: newRelease() } : knowledge;
}
