import type { RunnableRevision } from '../../runner/database/run/runnable-revision.ts';
import { readWholeSection } from '../../runner/files/read-sql-revision.ts';
import { positionAt } from '../../runner/files/source-position.ts';
import type { JudgedRevision, JudgePlan, PlannedHazard } from '../../runner/plan/judge-port.ts';
import { applyAllows } from '../lint/allow.ts';
import { withoutAnswered } from '../lint/answered.ts';
import type { Finding } from '../lint/finding.ts';
import { judgeStatements, type JudgeSettings } from '../lint/judge-statements.ts';
import type { Knowledge } from '../lint/knowledge.ts';
import { parseStatements } from '../lint/parse-statements.ts';
import { readKnowledge } from '../lint/read-knowledge.ts';
import { withoutIndexedLater } from '../lint/unindexed-keys.ts';

/** Judges what an upgrade would run with the rules of `migrate lint`, against the catalog of the database that it would run on. */
export const judgePlan: JudgePlan = async (session, revisions, timeouts) => {
  let knowledge = await readKnowledge(session);
  const { rows } = await session.query<{ version: number }>(
    "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000 AS version",
  );
  const version = rows[0]?.version ?? 0;
  const settings: JudgeSettings = {
    versions: { from: version, to: version },
    ...timeouts,
    // One upgrade runs all that is pending.
    release: 'together',
  };
  const judged: ((after: Knowledge) => JudgedRevision)[] = [];
  for (const revision of revisions) {
    const result = await judgeRevision(revision, settings, knowledge);
    knowledge = result.after;
    judged.push(result.judged);
  }
  return judged.map((judgedBy) => judgedBy(knowledge));
};

async function judgeRevision(
  revision: RunnableRevision,
  settings: JudgeSettings,
  knowledge: Knowledge,
): Promise<{ readonly judged: (afterAll: Knowledge) => JudgedRevision; readonly after: Knowledge }> {
  const { work, transactional, name, file } = revision;
  // What a script sends is known when it runs.
  if (work.kind === 'script') return { judged: () => ({ statements: [], hazards: [] }), after: knowledge };
  const { text, section } =
    work.kind === 'sql'
      ? { text: revision.text, section: work.section }
      : await readWholeSection(work.section, revision.direction);
  const parsed = await parseStatements(
    section.statements.map((statement) => ({
      ...statement,
      offset: section.offset + statement.offset,
      isBatched: statement.batch !== undefined,
    })),
  );
  const { findings, statements, unindexed, after } = judgeStatements(
    { revision: name, file, text, statements: parsed, transactional },
    { settings, knowledge },
  );
  const spans = parsed.map(({ number, offset, text: sql }, place) => {
    const dataEnd = section.statements[place]?.copyData?.end;
    return { number, offset, end: dataEnd === undefined ? offset + sql.length : section.offset + dataEnd };
  });
  const end = section.offset + section.text.length;
  const { findings: open, allowed } = applyAllows(findings, { file, revision: name, text, statements: spans, end });
  return {
    after,
    judged: (afterAll) => ({
      statements: parsed.map(({ number, offset, text: sql }, place) => ({
        statement: number,
        line: positionAt(text, offset).line,
        text: oneLine(sql),
        locks: statements.find((one) => one.number === number)?.locks ?? [],
        batch: section.statements[place]?.batch?.size ?? null,
      })),
      hazards: [
        ...withoutIndexedLater(withoutAnswered(open), unindexed, afterAll).map((finding) => hazardOf(finding, null)),
        ...allowed.map((one) => hazardOf(one, one.reason)),
      ].toSorted((one, other) => one.line - other.line),
    }),
  };
}

function hazardOf({ rule, severity, line, statement, message, recipe }: Finding, reason: string | null): PlannedHazard {
  return { rule, severity, line, statement, message, recipe: recipe ?? null, allowed: reason };
}

function oneLine(sql: string): string {
  const line = sql.slice(0, 400).replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
