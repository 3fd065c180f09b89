import { createHash } from 'node:crypto';

import { currentRevision } from '../history/record.ts';

/** A revision and its text, as far as a hash knows them. */
export interface HashedRevision {
  readonly id: string;
  /** sha256 of the text. */
  readonly checksum: string;
}

/** All that a reviewed plan rests on. */
export interface PlanBasis {
  /** What runs, in its order. */
  readonly revisions: readonly (HashedRevision & { readonly file: string })[];
  /** All that the folder holds, to name what differs. */
  readonly files: readonly HashedRevision[];
  /** What the record holds, in the order in which it was applied. */
  readonly applied: readonly HashedRevision[];
  /** What stopped half-way: how many statements had finished. */
  readonly halfway: readonly { readonly revision: string; readonly direction: string; readonly finished: number }[];
  /** Name and oid of the database, and the schema of its record. */
  readonly database: readonly string[];
  /** Whether all of it is one transaction. */
  readonly atomic: boolean;
}

/** What a hash tells of the plan that it was made of. */
export interface ReadPlanHash {
  readonly database: string;
  /** Id of the newest applied revision, or `base`. */
  readonly current: string;
  readonly record: string;
  readonly run: string;
  readonly isAtomic: boolean;
  /** Of each revision its id's digest and its text's; `undefined` when there were too many. */
  readonly revisions: readonly { readonly id: string; readonly text: string }[] | undefined;
}

/** A hash is to be pasted; more revisions than this are in it as one digest only. */
const mostListed = 24;

const form =
  /^plan2-(?<database>[0-9a-f]{8})-(?<current>\w+)-(?<record>[0-9a-f]{16})-(?<run>[0-9a-f]{16})(?<atomic>-atomic)?-(?<list>x|(?:[0-9a-f]{8})*)$/;

/** `plan2-<database>-<current>-<record>-<run>-<list>`: each part changes with what it stands for, so that a refusal can say what differs. */
export function planHash(basis: PlanBasis): string {
  const { revisions, applied, halfway, database, atomic } = basis;
  const record = [
    applied.map(({ id, checksum }) => [id, checksum]),
    halfway.map(({ revision, direction, finished }) => [revision, direction, finished]),
  ];
  return [
    'plan2',
    digest(database, 8),
    currentRevision(applied)?.id ?? 'base',
    digest(record, 16),
    digest(
      revisions.map(({ id, checksum }) => [id, checksum]),
      16,
    ),
    ...(atomic ? ['atomic'] : []),
    revisions.length > mostListed
      ? 'x'
      : revisions.map((revision) => idDigest(revision) + textDigest(revision)).join(''),
  ].join('-');
}

/** `undefined` for a text that is no hash. */
export function readPlanHash(hash: string): ReadPlanHash | undefined {
  const groups = form.exec(hash.trim())?.groups;
  if (!groups) return undefined;
  const { database = '', current = '', record = '', run = '', atomic, list = '' } = groups;
  const revisions = (list.match(/.{8}/g) ?? []).map((one) => ({ id: one.slice(0, 4), text: one.slice(4) }));
  return {
    database,
    current,
    record,
    run,
    isAtomic: atomic !== undefined,
    revisions: list === 'x' ? undefined : revisions,
  };
}

/** How a revision's id stands in the list of a hash. */
export function idDigest({ id }: Pick<HashedRevision, 'id'>): string {
  return digest(id, 4);
}

export function textDigest({ checksum }: Pick<HashedRevision, 'checksum'>): string {
  return digest(checksum, 4);
}

function digest(value: unknown, length: number): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, length);
}
