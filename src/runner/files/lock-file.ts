export const lockFileName = 'migrations.lock';

/** What the lock file must know of a revision. */
interface LockedRevision {
  readonly name: string;
  readonly checksum: string;
}

const header = `# One line per revision: name, sha256 of its text (LF line ends, no byte order mark).
# Two branches that both add a revision conflict here, which is the point. Written by \`migrate revision\` and \`migrate lock\`.
`;

/** The whole text of `migrations.lock` for these revisions, in their order. */
export function formatLockFile(revisions: readonly LockedRevision[]): string {
  return header + revisions.map(({ name, checksum }) => `${name} ${checksum}\n`).join('');
}

/** The line, from 1, at which git left a conflict in the lock file; `undefined` when it left none. */
export function lineOfConflict(lockText: string): number | undefined {
  const at = lockText.search(/^(?:<<<<<<<|>>>>>>>)(?: |$)/m);
  return at === -1 ? undefined : lockText.slice(0, at).split('\n').length;
}

/** How the lock file and the files disagree, one sentence each; empty when they agree. */
export function lockFileProblems(
  lockText: string | undefined,
  revisions: readonly LockedRevision[],
): readonly string[] {
  if (lockText === undefined) return [`${lockFileName} is missing`];
  const conflict = lineOfConflict(lockText);
  if (conflict !== undefined) return [`${lockFileName}:${conflict} holds the marks of an unfinished merge`];
  const problems: string[] = [];
  const locked = new Map<string, string>();
  for (const [index, line] of lockText
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const match = /^(\d{14}_[a-z0-9_]+) ([0-9a-f]{64})$/.exec(line.trimEnd());
    if (match?.[1] === undefined || match[2] === undefined)
      problems.push(`${lockFileName}:${index + 1} is not "name sha256"`);
    else if (locked.has(match[1])) problems.push(`${lockFileName}:${index + 1} names ${match[1]} a second time`);
    else locked.set(match[1], match[2]);
  }
  const names = new Set(revisions.map(({ name }) => name));
  for (const name of locked.keys())
    if (!names.has(name)) problems.push(`${name} is in ${lockFileName}, but its file is missing`);
  for (const { name, checksum } of revisions) {
    const expected = locked.get(name);
    if (expected === undefined) problems.push(`${name} is not in ${lockFileName}`);
    else if (expected !== checksum) problems.push(`${name} was edited after it was written to ${lockFileName}`);
  }
  return problems;
}
