/** The parts of a revision's file name: `20251223142057_initial_schema.sql`. */
export interface RevisionName {
  /** The revision id: the 14 leading digits, `YYYYMMDDHHMMSS` in UTC. */
  readonly id: string;
  /** File name without its extension: the same revision may be `.ts` on a laptop and `.js` in an image. */
  readonly name: string;
  readonly extension: 'sql' | 'ts' | 'js' | 'mjs';
}

/** The parts of a revision's file name, or `undefined` when the file is not a revision. */
export function parseRevisionName(fileName: string): RevisionName | undefined {
  const match = /^((\d{14})_[a-z0-9_]+)\.(sql|ts|js|mjs)$/.exec(fileName);
  if (!match || fileName.endsWith('.d.ts')) return undefined;
  const [, name = '', id = '', extension] = match;
  return { id, name, extension: extension as RevisionName['extension'] };
}

/** Words for people: `initial schema`. */
export function revisionTitle(name: string): string {
  return name.replace(/^\d+_/, '').replaceAll('_', ' ');
}

/** `Add user preferences!` → `add_user_preferences`; empty when the text has no letter or digit. */
export function slugOf(message: string): string {
  return message
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60)
    .replace(/_+$/, '');
}

/** `YYYYMMDDHHMMSS` of a moment, in UTC: local time would reorder revisions across zones. */
export function revisionIdAt(moment: Date): string {
  return moment.toISOString().replace(/\D/g, '').slice(0, 14);
}
