import { formatReplaced } from '../../runner/files/baseline.ts';
import { oneLine } from '../write-revision.ts';
import type { SquashPlan } from './choose-replaced.ts';

/** What stands in a baseline, in the order in which it runs. */
export interface BaselineBody {
  readonly roles: readonly string[];
  /** The schema by groups of objects, as `migrate dump` writes it. */
  readonly parts: readonly { readonly group: string; readonly text: string }[];
  readonly rows: readonly string[];
  /** Values of sequences, owners, and what a person has added. */
  readonly last: readonly string[];
}

/** The whole text of the file. It has no down: what it replaces was many steps. */
export function formatBaseline(plan: SquashPlan, serverLabel: string, body: BaselineBody): string {
  const { replaced, files, message } = plan;
  const alembicId = files.findLast((file) => file.alembicId !== undefined)?.alembicId;
  const adopted = files.at(-1)?.adoptedFrom;
  const head = [
    `-- ${oneLine(message)}`,
    '--',
    `-- A baseline, written by \`migrate squash\`: what the ${files.length} revisions up to ${files.at(-1)?.name ?? ''} build. An empty database`,
    '-- begins with it; one that holds some of them goes on with the others, which lie in the folder squashed. Proved on',
    // Which server it was on this machine means nothing to a reader.
    `-- ${serverLabel.replace(/ at .*$/, '')}: both ways give one catalog.`,
    '',
    formatReplaced(replaced).trimEnd(),
    ...(alembicId === undefined ? [] : [`-- alembic: ${alembicId}`]),
    ...(adopted === undefined ? [] : [`-- adopted: ${adopted}`]),
    '',
    '-- migrate:up',
    // A body may speak of what comes later; the server need not look into it yet.
    'SET LOCAL check_function_bodies = off;',
  ];
  const split = placeOfRows(body.parts);
  const texts = [
    ...sectionOf('roles', body.roles),
    ...body.parts.slice(0, split).map(partText),
    ...sectionOf('rows', body.rows),
    ...body.parts.slice(split).map(partText),
    ...sectionOf('at the end', body.last),
  ];
  return `${head.join('\n')}\n\n${texts.join('\n')}`;
}

/** Rows come behind the tables and before what would look at them or act on them: foreign keys, triggers, policies, views. */
function placeOfRows(parts: BaselineBody['parts']): number {
  const first = parts.findIndex(({ group }) => ['foreign keys', 'views', 'triggers', 'policies'].includes(group));
  const tables = parts.findLastIndex(({ group }) => group === 'tables') + 1;
  return first === -1 ? Math.max(tables, 0) : Math.max(first, tables);
}

function partText({ text }: { readonly text: string }): string {
  return text.replace(/^SET check_function_bodies = off;\n\n?/m, '');
}

function sectionOf(title: string, statements: readonly string[]): readonly string[] {
  return statements.length === 0 ? [] : [`-- ${title}\n${statements.join('\n')}\n`];
}
