import { exitCodes } from '../../contract/exit-codes.ts';
import type { Health } from '../database/inspect/read-health.ts';
import { recordComment, recordFormat } from '../database/record/record-schema.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

/** Whether the role may do what an upgrade does. */
export function judgeRights(
  { role, isSuperuser, mayCreateSchemas, currentSchema, mayCreateInCurrentSchema, record }: Health,
  schema: string,
): readonly Finding[] {
  const findings: Finding[] = [
    ok('role', isSuperuser ? `${role}, a superuser: no right is missing` : `${role}, no superuser`),
  ];
  if (!record.exists && !mayCreateSchemas && !(record.comment !== null && record.isUsable)) {
    findings.push(
      problem('rights', {
        message: `${role} may not create the record's schema "${schema}"`,
        hint: `As the owner: GRANT CREATE ON DATABASE … TO "${role}".`,
        exitCode: exitCodes.usage,
      }),
    );
  } else if (!record.isUsable) {
    findings.push(
      problem('rights', {
        message: `${role} may not read and write the record in schema "${schema}"`,
        hint: `As its owner: GRANT USAGE ON SCHEMA "${schema}" TO "${role}"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "${schema}" TO "${role}".`,
        exitCode: exitCodes.usage,
      }),
    );
  } else {
    findings.push(ok('rights', record.exists ? 'the record can be read and written' : 'the record can be created'));
  }
  if (currentSchema === null) {
    findings.push(
      warning(
        'schema',
        'search_path names no schema that exists',
        'Qualify every name in the revisions, or ALTER ROLE … SET search_path.',
      ),
    );
  } else {
    findings.push(
      mayCreateInCurrentSchema
        ? ok('schema', `unqualified names go to "${currentSchema}", where ${role} may create`)
        : warning(
            'schema',
            `${role} may not create in "${currentSchema}"`,
            `As its owner: GRANT CREATE ON SCHEMA "${currentSchema}" TO "${role}".`,
          ),
    );
  }
  return findings;
}

/** Whether the record is ours, and of a format that this version reads. */
export function judgeRecordFormat({ exists, comment }: Health['record'], schema: string): Finding {
  if (!exists) return ok('record', `schema "${schema}" has none: nothing was ever applied here`);
  const format = comment?.startsWith(recordComment) ? Number(comment.slice(recordComment.length)) : undefined;
  if (format === undefined)
    return warning(
      'record',
      `the comment of schema "${schema}" does not say that it is ours`,
      `Make sure that nothing else uses "${schema}", or choose another with --history-schema.`,
    );
  if (format > recordFormat) {
    return problem('record', {
      message: `it has format ${format}, this version knows ${recordFormat}`,
      hint: 'Use a newer version of migrate.',
      exitCode: exitCodes.databaseAhead,
    });
  }
  return ok('record', `schema "${schema}", format ${format}`);
}
