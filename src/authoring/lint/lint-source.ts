import { positionAt } from '../../runner/files/source-position.ts';
import type { Replay } from '../replay.ts';
import { applyAllows, type AllowedFinding } from './allow.ts';
import { withoutAnswered } from './answered.ts';
import type { Finding } from './finding.ts';
import { judgeStatements, type JudgedSection, type JudgeSettings } from './judge-statements.ts';
import type { Knowledge } from './knowledge.ts';
import { parseStatements } from './parse-statements.ts';
import { severityOf, type RuleName } from './rules.ts';
import type { LenientSections } from './sources/read-sections.ts';
import type { LintSource } from './sources/read-sources.ts';
import { compareTrace } from './trace/compare-trace.ts';
import type { Trace } from './trace/trace-revision.ts';
import type { UnindexedKey } from './unindexed-keys.ts';

export interface LintedSource {
  readonly findings: readonly Finding[];
  readonly allowed: readonly AllowedFinding[];
  readonly statements: number;
  /** Those of the findings that a later revision may answer. */
  readonly unindexed: readonly UnindexedKey[];
  readonly after: Knowledge;
}

export interface LintContext {
  readonly settings: JudgeSettings;
  readonly knowledge: Knowledge;
  readonly record: Replay['record'];
  /** Runs the section on a scratch database, where there is one. */
  readonly trace: (section: JudgedSection) => Promise<Trace | undefined>;
}

/** Everything that is to be said of one file, and what is known when it has run. */
export async function lintSource(source: LintSource, context: LintContext): Promise<LintedSource> {
  const { content, text } = source;
  if (content.kind === 'unreadable') {
    const finding = {
      ...findingAt(source, { rule: 'unparsable', message: content.message, offset: 0 }),
      line: content.line,
    };
    return { findings: [finding], allowed: [], statements: 0, unindexed: [], after: context.knowledge };
  }
  const { section, problems, end } =
    content.kind === 'sql' ? await sqlSection(source, content.sections) : await scriptSection(source, context.record);
  const judged = judgeStatements(section, context);
  const trace = content.kind === 'sql' && problems.length === 0 ? await context.trace(section) : undefined;
  const found = [...problems, ...judged.findings, ...(trace ? compareTrace(section, judged.statements, trace) : [])];
  const spans = section.statements.map(({ number, offset, text: statement }) => ({
    number,
    offset,
    end: offset + statement.length,
  }));
  const { findings, allowed } =
    content.kind === 'sql'
      ? applyAllows(found, {
          file: source.file,
          revision: source.name,
          text,
          statements: spansOf(content.sections) ?? spans,
          end,
        })
      : { findings: found, allowed: [] };
  return {
    findings: inOrder(withoutAnswered(findings)),
    allowed,
    statements: section.statements.length,
    unindexed: judged.unindexed,
    after: judged.after,
  };
}

interface Read {
  readonly section: JudgedSection;
  readonly problems: readonly Finding[];
  /** Offset in the text behind the section. */
  readonly end: number;
}

async function sqlSection(source: LintSource, { up, down, problems }: LenientSections): Promise<Read> {
  const { name: revision, file, text } = source;
  const statements = await parseStatements(up?.statements ?? []);
  const unparsableDown = (await parseStatements(down?.statements ?? [])).flatMap(({ problem, offset }) =>
    problem
      ? [
          findingAt(source, {
            rule: 'unparsable',
            message: `in the down: ${problem.message}`,
            offset: offset + problem.offset,
          }),
        ]
      : [],
  );
  return {
    section: { revision, file, text, statements, transactional: up?.transactional ?? true },
    problems: [
      ...problems.map(({ kind, message, hint, offset }) =>
        findingAt(source, {
          rule: kind === 'unreadable' ? 'unparsable' : 'transaction-control',
          message,
          offset,
          recipe: hint === undefined ? undefined : `-- ${hint}`,
        }),
      ),
      ...unparsableDown,
    ],
    end: up?.end ?? text.length,
  };
}

/** What the script sent to a session that runs nothing; it stands in the script's text or nowhere. */
async function scriptSection(source: LintSource, record: LintContext['record']): Promise<Read> {
  const { name: revision, file, text } = source;
  const { statements, transactional, problem } = await record(source);
  const parsed = await parseStatements(
    statements.map((statement) => ({ text: statement, offset: Math.max(0, text.indexOf(statement.slice(0, 24))) })),
  );
  const missed =
    problem === undefined
      ? []
      : [
          findingAt(source, {
            rule: 'not-looked-at',
            message: `${statements.length === 0 ? 'nothing' : `only ${statements.length} of its statements`} could be looked at: ${problem}`,
            offset: 0,
          }),
        ];
  return { section: { revision, file, text, statements: parsed, transactional }, problems: missed, end: text.length };
}

function spansOf({
  up,
}: LenientSections): readonly { readonly number: number; readonly offset: number; readonly end: number }[] | undefined {
  return up?.statements.map(({ offset, end }, index) => ({ number: index + 1, offset, end }));
}

function findingAt(
  { file, name, text }: LintSource,
  said: {
    readonly rule: RuleName;
    readonly message: string;
    readonly offset: number;
    readonly recipe?: string | undefined;
  },
): Finding {
  const { rule, message, offset, recipe } = said;
  return {
    rule,
    severity: severityOf(rule),
    file,
    ...positionAt(text, offset),
    revision: name,
    statement: 0,
    message,
    locks: [],
    ...(recipe !== undefined && { recipe }),
  };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((left, right) => left.line - right.line || left.column - right.column);
}
