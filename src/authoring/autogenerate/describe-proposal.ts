import { formatDifferences } from '../catalog/format-differences.ts';
import { notLookedAt } from '../catalog/read-catalog.ts';
import type { AnswerDocument } from '../../runner/documents/documents.ts';
import type { Proposal } from './autogenerate.ts';

interface Description {
  readonly text: string;
  readonly document: AnswerDocument<'autogenerate'>;
}

/** The answer of autogenerate, for people and as a document. */
export function describeProposal(
  proposal: Proposal,
  { files, serverLabel }: { readonly files: readonly string[]; readonly serverLabel: string },
): Description {
  const { differences, objections, openTypeChanges, plainBecause, unhandled } = proposal;
  const destructive = proposal.steps.flatMap(({ statements }) =>
    statements.filter(({ comment }) => comment?.startsWith('DESTRUCTIVE') === true),
  ).length;
  const blindSpots = [...notLookedAt, ...unhandled];
  const document: Description['document'] = {
    files,
    differences: formatDifferences(differences),
    proved: objections.length === 0,
    objections,
    openTypeChanges: openTypeChanges.map(({ column, type }) => ({ column, type })),
    destructive,
    server: serverLabel,
    notLookedAt: blindSpots,
  };
  if (differences.length === 0)
    return { text: `Nothing to change: the schema is as desired.\nNot looked at: ${blindSpots.join(', ')}.`, document };
  const lines = [
    `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}:`,
    ...formatDifferences(differences).map((line) => `  ${line}`),
    ...(files.length === 0 ? [] : ['', ...files]),
    ...(destructive === 0
      ? []
      : [
          `${destructive} ${destructive === 1 ? 'statement loses' : 'statements lose'} data; each is marked DESTRUCTIVE.`,
        ]),
    ...plainBecause.map((reason) => `The short form is used, since the lock-safe one fails: ${reason}`),
    ...openTypeChanges.map(
      ({ column, type }) =>
        `Say how ${column} becomes ${type}: --using '${column.replace(/^public\./, '')}=<expression>'.`,
    ),
    ...objections.map((objection) => `NOT PROVED: ${objection}`),
    ...(files.length > 0 && objections.length === 0 ? [`Up and down were proved on ${serverLabel}.`] : []),
    `Not looked at: ${blindSpots.join(', ')}.`,
  ];
  return { text: lines.join('\n'), document };
}
