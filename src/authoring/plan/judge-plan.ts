import type { RunnableRevision } from '../../runner/database/runnable-revision.ts';
import { readWholeSection } from '../../runner/files/read-sql-revision.ts';
import { positionAt } from '../../runner/files/source-position.ts';
import type { JudgedRevision, JudgePlan } from '../../runner/plan/judge-port.ts';
import { judgeStatements, type JudgeSettings } from '../lint/judge-statements.ts';
import type { Knowledge } from '../lint/knowledge.ts';
import { parseStatements } from '../lint/parse-statements.ts';
import { readKnowledge } from '../lint/read-knowledge.ts';

/** Judges what an upgrade would run with the rules of `migrate lint`, against the catalog of the database that it would run on. */
export const judgePlan: JudgePlan = async (session, revisions, timeouts) => {
  let knowledge = await readKnowledge(session);
  const { rows } = await session.query<{ version: number }>(
    "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000 AS version",
  );
  const version = rows[0]?.version ?? 0;
  const settings: JudgeSettings = { versions: { from: version, to: version }, ...timeouts };
  const judged: JudgedRevision[] = [];
  for (const revision of revisions) {
    const result = await judgeRevision(revision, settings, knowledge);
    knowledge = result.after;
    judged.push(result.judged);
  }
  return judged;
};

async function judgeRevision(
  revision: RunnableRevision,
  settings: JudgeSettings,
  knowledge: Knowledge,
): Promise<{ readonly judged: JudgedRevision; readonly after: Knowledge }> {
  const { work, transactional, name, file } = revision;
  // What a script sends is known when it runs.
  if (work.kind === 'script') return { judged: { statements: [], hazards: [] }, after: knowledge };
  const { text, section } =
    work.kind === 'sql'
      ? { text: revision.text, section: work.section }
      : await readWholeSection(work.section, revision.direction);
  const parsed = await parseStatements(
    section.statements.map((statement) => ({ ...statement, offset: section.offset + statement.offset })),
  );
  const { findings, statements, after } = judgeStatements(
    { revision: name, file, text, statements: parsed, transactional },
    { settings, knowledge },
  );
  return {
    after,
    judged: {
      statements: parsed.map(({ number, offset, text: sql }) => ({
        statement: number,
        line: positionAt(text, offset).line,
        text: oneLine(sql),
        locks: statements.find((one) => one.number === number)?.locks ?? [],
      })),
      hazards: findings.map(({ rule, severity, line, statement, message, recipe }) => ({
        rule,
        severity,
        line,
        statement,
        message,
        recipe: recipe ?? null,
      })),
    },
  };
}

function oneLine(sql: string): string {
  const line = sql.slice(0, 400).replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
