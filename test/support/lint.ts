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
  const settings = { versions: { from: 14, to: 18 }, lockTimeoutMs: 5_000, statementTimeoutMs: 0, ...given };
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
  return judge(text, after);
}
