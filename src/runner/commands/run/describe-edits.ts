import { AppError } from '../../../contract/app-error.ts';
import { exitCodes } from '../../../contract/exit-codes.ts';
import { readStoredBodies } from '../../database/record/record-tables.ts';
import type { Session } from '../../database/connection/session.ts';
import { parseSqlRevision } from '../../files/parse-sql-revision.ts';
import { readRevisionText, type RevisionFile } from '../../files/read-revisions.ts';
import { readSqlRevision } from '../../files/read-sql-revision.ts';
import { differingLines, withoutRemarks } from '../../history/text-difference.ts';
import type { AppliedRevision } from '../../history/record.ts';

interface Edits {
  readonly schema: string;
  readonly edited: readonly [AppliedRevision, ...AppliedRevision[]];
  /** Of the first of them. */
  readonly file: RevisionFile;
  /** The newest of all applied revisions. */
  readonly last: AppliedRevision;
}

/** The refusal of files that were edited, with what differs in the first. */
export async function describeEdits(session: Session, { schema, edited, file, last }: Edits): Promise<AppError> {
  const [first, ...later] = edited;
  const recorded = bodiesAsText(await readStoredBodies(session, schema, first.id));
  const now = recorded === undefined || file.isAbsent === true ? undefined : await bodiesOf(file).then(bodiesAsText);
  const others = later.map(({ name }) => name);
  const isRemark = recorded !== undefined && now !== undefined && runsTheSame(file, recorded, now);
  const lines = [
    `Revision ${first.name} was edited after it was applied (${first.appliedAt.toISOString()}): ${file.file} has sha256 ${file.checksum.slice(0, 12)}…, the record ${first.checksum.slice(0, 12)}….`,
    ...(recorded === undefined || now === undefined ? [] : differingLines(recorded, now)),
    ...(isRemark ? ['Only comments and white space differ: it would run the same.'] : []),
    ...(others.length === 0
      ? []
      : [`Edited as well: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ', …' : ''}.`]),
  ];
  return new AppError({
    code: 'revision-edited',
    exitCode: exitCodes.historyUnsound,
    message: lines.join('\n'),
    hint: isRemark
      ? `Restore the file from git, or let the record take its text: \`migrate stamp ${last.id} --reason "comments of ${first.id}"\`.`
      : 'Restore the file from git and put the change into a new revision: `migrate revision -m "…"`.',
  });
}

interface Bodies {
  readonly up: string | undefined;
  readonly down: string | undefined;
}

/** As the record keeps them. */
async function bodiesOf(file: RevisionFile): Promise<Bodies> {
  if (file.extension !== 'sql') return { up: readRevisionText(file), down: undefined };
  const { upBody, downBody } = await readSqlRevision(file);
  return { up: upBody, down: downBody };
}

/** The text of a revision; `undefined` when the record keeps none, since it was too long. */
function bodiesAsText({ up, down }: Bodies): string | undefined {
  return up === undefined ? undefined : `${up}${down ?? ''}`.replaceAll('\r\n', '\n');
}

function runsTheSame({ extension, file }: RevisionFile, recorded: string, now: string): boolean {
  if (extension !== 'sql') return false;
  const [before, after] = [recorded, now].map((text) => {
    const { up, down } = parseSqlRevision(text, file);
    return JSON.stringify(
      [up, down].map((section) => [section?.transactional, section?.statements.map((one) => withoutRemarks(one.text))]),
    );
  });
  return before === after;
}
