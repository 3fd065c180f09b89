import { withoutAnswered } from '../../src/authoring/lint/answered.ts';
import { judgeStatements, type JudgeSettings, type Judgement } from '../../src/authoring/lint/judge-statements.ts';
import { emptyKnowledge, type Knowledge } from '../../src/authoring/lint/knowledge.ts';
import { parseStatements } from '../../src/authoring/lint/parse-statements.ts';
import { splitStatements } from '../../src/runner/files/split-statements.ts';

export interface JudgeTextOptions extends Partial<JudgeSettings> {
  readonly transactional?: boolean;
  /** Statements of earlier revisions. */
  readonly earlier?: string;
}

/** Judges SQL as the up section of a revision; what is there before it are only statements. */
export async function judgeText(text: string, options: JudgeTextOptions = {}): Promise<Judgement> {
  const { transactional = true, earlier = '', ...given } = options;
  const settings = {
    versions: { from: 14, to: 18 },
    lockTimeoutMs: 5_000,
    statementTimeoutMs: 0,
    release: 'each alone' as const,
    ...given,
  };
  const judge = async (sql: string, knowledge: Knowledge): Promise<Judgement> =>
    judgeStatements(
      {
        revision: 'x',
        file: 'migrations/x.sql',
        text: sql,
        transactional,
        statements: await parseStatements(splitStatements(sql)),
      },
      { settings, knowledge },
    );
  const { after } = await judge(earlier, emptyKnowledge());
  const judged = await judge(text, after);
  return { ...judged, findings: withoutAnswered(judged.findings) };
}

/** Judges revisions that are deployed together on top of what earlier ones made; answers `revision rule` of each finding. */
export async function judgeRelease(
  earlier: string,
  revisions: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  let { after } = await judgeText(earlier);
  const found: string[] = [];
  for (const [revision, text] of Object.entries(revisions)) {
    const body = text.replace(/^-- migrate:phase.*$/m, (line) => ' '.repeat(line.length));
    const judged = judgeStatements(
      {
        revision,
        file: `migrations/${revision}.sql`,
        text,
        transactional: true,
        statements: await parseStatements(splitStatements(body)),
      },
      {
        settings: { versions: { from: 14, to: 18 }, lockTimeoutMs: 5_000, statementTimeoutMs: 0, release: 'together' },
        knowledge: after,
      },
    );
    found.push(...judged.findings.map(({ rule }) => `${revision} ${rule}`));
    after = judged.after;
  }
  return found;
}
