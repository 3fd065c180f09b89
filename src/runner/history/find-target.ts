import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import { suggestion } from '../../contract/suggestion.ts';
import type { KnownRevision } from './record.ts';

/**
 * A target as a position in the linear history: 0 is base, n is "the first n revisions are applied".
 * The words are Alembic's: `head`, `base`, an id or unique part of one, `+N`, `-N`, `<rev>+N`, `<rev>-N`.
 * @throws AppError `unknown-revision`, `ambiguous-revision`, `overshoot` (all 2).
 */
export function findTarget(text: string, { revisions, currentIndex }: TargetContext): number {
  const relative = /^(.*?)([+-]\d+)$/.exec(text);
  const whole = text === '' ? undefined : findRevision(text, revisions);
  if (whole !== undefined) return whole;
  if (!relative) throw unknownRevision(text, revisions);
  const [, anchor = '', steps = ''] = relative;
  const from = anchor === '' ? currentIndex : findRevision(anchor, revisions);
  if (from === undefined) throw unknownRevision(anchor, revisions);
  const target = from + Number(steps);
  if (target < 0 || target > revisions.length) {
    const isForward = Number(steps) > 0;
    const room = isForward ? revisions.length - from : from;
    const toBase = anchor === '' ? 'from the current one down to base' : `up to ${anchor}`;
    const where = isForward ? `after ${anchor === '' ? 'the current one' : anchor}` : toBase;
    throw new AppError({
      code: 'overshoot',
      exitCode: exitCodes.usage,
      message: `Target "${text}" goes too far: there ${room === 1 ? 'is 1 revision' : `are ${room || 'no'} revisions`} ${where}.`,
      hint: `Use ${isForward ? '`head`' : '`base`'}, or a smaller step; \`migrate history\` lists the revisions.`,
    });
  }
  return target;
}

export interface TargetContext {
  /** All revisions in their order. */
  readonly revisions: readonly KnownRevision[];
  /** How many revisions are applied, as a position in that order. */
  readonly currentIndex: number;
}

/** Position of an absolute target; `undefined` when nothing is named so. */
function findRevision(text: string, revisions: readonly KnownRevision[]): number | undefined {
  if (text === 'head' || text === 'heads') return revisions.length;
  if (text === 'base') return 0;
  const exact = revisions.findIndex(({ id, name, alembicId }) => text === id || text === name || text === alembicId);
  if (exact !== -1) return exact + 1;
  // A part of the name needs two characters, or a stray letter would "find" something.
  const byPrefix = matches(
    revisions,
    ({ id, alembicId }) => id.startsWith(text) || (alembicId?.startsWith(text) ?? false),
  );
  const candidates =
    byPrefix.length > 0 || text.length < 2 ? byPrefix : matches(revisions, ({ name }) => name.includes(text));
  if (candidates.length > 1) {
    const listed = candidates.slice(0, 10).map((index) => `  ${revisions[index]?.name ?? ''}`);
    throw new AppError({
      code: 'ambiguous-revision',
      exitCode: exitCodes.usage,
      message: `"${text}" fits ${candidates.length} revisions:\n${listed.join('\n')}`,
      hint: 'Give more of the id or of the name.',
    });
  }
  const [only] = candidates;
  return only === undefined ? undefined : only + 1;
}

function matches(revisions: readonly KnownRevision[], fits: (revision: KnownRevision) => boolean): readonly number[] {
  return revisions.flatMap((revision, index) => (fits(revision) ? [index] : []));
}

function unknownRevision(text: string, revisions: readonly KnownRevision[]): AppError {
  const words = revisions.flatMap(({ id, name }) => [id, name, name.slice(id.length + 1)]);
  // `downgrade 1` and `upgrade 2`: too short for an id.
  const isCount = /^\d{1,3}$/.test(text);
  const near = isCount ? `-${text}" or "+${text}` : suggestion(text, ['head', 'base', ...words]);
  return new AppError({
    code: 'unknown-revision',
    exitCode: exitCodes.usage,
    message: `No revision is named "${text}".`,
    hint:
      near === undefined
        ? 'See `migrate history`; targets are head, base, an id, a part of a name, +N or -N.'
        : `Did you mean "${near}"?`,
  });
}
