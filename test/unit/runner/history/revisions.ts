import type { AppliedRevision, KnownRevision } from '../../../../src/runner/history/record.ts';

/** `20260102000000_add_phone` as a file; its checksum is the name of its text. */
export function known(name: string, fields: { checksum?: string; alembicId?: string } = {}): KnownRevision {
  return { id: name.slice(0, 14), name, checksum: `text of ${name}`, ...fields };
}

/** These revisions as the record has them, applied in the order given, one a minute from noon on. */
export function applied(...names: readonly string[]): readonly AppliedRevision[] {
  return names.map((name, index) => ({
    ...known(name),
    appliedAt: new Date(Date.UTC(2026, 2, 1, 12, index)),
    durationMs: 10,
    sequence: index + 1,
  }));
}

export const users = '20260101000000_create_users';
export const phone = '20260102000000_add_phone';
export const email = '20260103000000_add_email';
export const drop = '20260104000000_drop_phone';
export const index = '20260201000000_index_users';
export const names = [users, phone, email, drop, index] as const;
