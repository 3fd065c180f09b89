import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { AnswerDocument } from '../../runner/documents/documents.ts';
import type { AuthoringAnswer, Surroundings } from '../surroundings.ts';
import type { AllowedFinding } from './allow.ts';
import type { Finding, Severity } from './finding.ts';
import { emptyKnowledge } from './knowledge.ts';
import { lintSource } from './lint-source.ts';
import { lintPolicy, type LintConfig } from './lint-settings.ts';
import { formatFindings } from './output/format-findings.ts';
import { formatGithub } from './output/format-github.ts';
import { formatSarif } from './output/format-sarif.ts';
import { checkQueries } from './queries/check-queries.ts';
import { readQueries } from './queries/read-queries.ts';
import { withRelease } from './release/learn-release.ts';
import { readSources, type LintSource } from './sources/read-sources.ts';
import { withoutIndexedLater, type UnindexedKey } from './unindexed-keys.ts';
import { withScratchHistory, type ScratchHistory } from './trace/scratch-history.ts';

export interface LintRevisions {
  readonly directory: string;
  readonly workingDirectory: string;
  readonly files: readonly string[];
  readonly config: LintConfig;
  readonly format: 'text' | 'github' | 'sarif';
  readonly trace: 'when possible' | 'never';
  /** Folder or file with queries of the running application, which must go on working. */
  readonly queries: string | undefined;
  /** As the runner sets them. */
  readonly timeouts: { readonly lockTimeoutMs: number; readonly statementTimeoutMs: number };
  readonly surroundings: Surroundings;
}

/** What was found in all files. */
export interface LintReport {
  readonly findings: readonly Finding[];
  readonly allowed: readonly AllowedFinding[];
  readonly sources: readonly LintSource[];
  readonly statements: number;
  /** The scratch server on which the revisions were run; null when there was none. */
  readonly server: string | null;
  readonly remarks: readonly string[];
}

/**
 * Looks for what would hurt production: judged by rules, and run on a scratch server where there is one. Answers 11 when
 * something at or above the configured severity was found.
 * @throws AppError for wrong settings and files that are not there.
 */
export async function lintRevisions(asked: LintRevisions): Promise<AuthoringAnswer<AnswerDocument<'lint'>>> {
  const policy = lintPolicy(asked.config);
  const sources = await readSources({ ...asked, since: policy.since });
  const isOneRelease = asked.files.length > 0 || policy.since !== undefined;
  const settings = {
    versions: policy.versions,
    ...asked.timeouts,
    // Of a whole folder nobody knows what is deployed together.
    release: isOneRelease ? ('together' as const) : ('each alone' as const),
  };
  const lint = (history: ScratchHistory | undefined): Promise<LintReport> =>
    lintAll({ sources, settings, history, replay: asked.surroundings.replay });
  const judged = await withServer(asked, sources, lint);
  const queries = asked.queries === undefined ? [] : await readQueries(asked.queries, asked.workingDirectory);
  const broken = queries.length === 0 ? [] : await checkQueries(queries, { sources, surroundings: asked.surroundings });
  const report = { ...judged, findings: [...judged.findings, ...broken] };
  const accepted = report.findings.flatMap((finding) => {
    const reason = policy.accepts(finding.file, finding.rule);
    return reason === undefined ? [] : [{ ...finding, reason }];
  });
  const findings = report.findings.filter(({ file, rule }) => policy.accepts(file, rule) === undefined);
  const final: LintReport = { ...report, findings, allowed: [...report.allowed, ...accepted] };
  const failed = findings.some(({ severity }) => rank(severity) >= rank(policy.failOn));
  const format = { text: formatFindings, github: formatGithub, sarif: formatSarif }[asked.format];
  return {
    exitCode: failed ? exitCodes.differenceFound : exitCodes.done,
    text: format(final),
    document: {
      passed: !failed,
      findings: findings.map(documentOf),
      allowed: final.allowed.map(({ reason, ...finding }) => ({ ...documentOf(finding), reason })),
      files: sources.filter(({ isAsked }) => isAsked).map(({ file }) => file),
      statements: final.statements,
      server: final.server,
      remarks: final.remarks,
    },
  };
}

interface LintAll {
  readonly sources: readonly LintSource[];
  readonly settings: Parameters<typeof lintSource>[1]['settings'];
  readonly history: ScratchHistory | undefined;
  readonly replay: Surroundings['replay'];
}

/** Goes through the revisions in their order, since each is judged by what is there before it. */
async function lintAll({ sources, settings, history, replay }: LintAll): Promise<LintReport> {
  const last = sources.findLastIndex(({ isAsked }) => isAsked);
  const findings: Finding[] = [];
  const allowed: AllowedFinding[] = [];
  let statements = 0;
  const unindexed: UnindexedKey[] = [];
  let learned = emptyKnowledge();
  for (const source of sources.slice(0, last + 1)) {
    const known = source.isAsked ? await history?.know() : undefined;
    const linted = await lintSource(source, {
      // What is not looked at is there already: it is released.
      settings: { ...settings, release: source.isAsked ? settings.release : 'each alone' },
      knowledge: known ? withRelease(known, learned) : learned,
      record: source.isAsked ? replay.record : () => Promise.resolve({ transactional: true, statements: [] }),
      trace: (section) =>
        source.isAsked && source.id !== ''
          ? (history?.trace(source, section) ?? Promise.resolve(undefined))
          : Promise.resolve(undefined),
    });
    learned = linted.after;
    const isSql = source.content.kind === 'sql';
    if (!source.isAsked || !isSql) history?.pass(source);
    if (!source.isAsked) continue;
    findings.push(...linted.findings);
    unindexed.push(...linted.unindexed);
    allowed.push(...linted.allowed);
    statements += linted.statements;
  }
  const stopped = history?.stopped();
  const remarks = stopped
    ? [
        `${stopped.source.file} could not be run on the scratch server, so what comes behind it was judged by its text alone: ${stopped.message.split('\n')[0] ?? ''}`,
      ]
    : [];
  const open = withoutIndexedLater(findings, unindexed, learned);
  return { findings: open, allowed, sources, statements, server: history?.label ?? null, remarks };
}

/** With a scratch server when there is one to be had; judging alone needs none. */
async function withServer(
  { trace, surroundings }: LintRevisions,
  sources: readonly LintSource[],
  lint: (history: ScratchHistory | undefined) => Promise<LintReport>,
): Promise<LintReport> {
  if (trace === 'never') return lint(undefined);
  let begun = false;
  try {
    return await withScratchHistory({ surroundings, sources }, (history) => {
      begun = true;
      return lint(history);
    });
  } catch (error) {
    // A server that the user named must be there; the embedded one is an optional package.
    if (begun || surroundings.scratch.shadowUrl !== undefined || !(error instanceof AppError)) throw error;
    const report = await lint(undefined);
    return {
      ...report,
      remarks: [
        ...report.remarks,
        `No scratch server: ${error.message} The revisions were judged by their text alone.`,
      ],
    };
  }
}

function documentOf(finding: Finding): AnswerDocument<'lint'>['findings'][number] {
  return { ...finding, recipe: finding.recipe ?? null };
}

function rank(severity: Severity): number {
  return { notice: 0, warning: 1, error: 2 }[severity];
}
