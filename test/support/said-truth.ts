import type { ProgramResult } from './programs.ts';

/** What a run in a container said, against what the database holds when the run and its sessions are gone. */
export interface SaidAndDone {
  readonly direction: 'up' | 'down';
  readonly result: ProgramResult;
  /** Names of all revision files, in their order. */
  readonly files: readonly string[];
  /** Names in the record before the run and after it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

type Event = Readonly<Record<string, unknown>> & { readonly event: string };

/** Every statement of the run that is not true, as sentences; empty when it told the truth and nothing but. */
export function untruths({ direction, result, files, before, after }: SaidAndDone): readonly string[] {
  const events = result.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Event);
  const said = result.stdout + result.stderr;
  const found: string[] = [];
  const claim = (isTrue: boolean, otherwise: string): void => {
    if (!isTrue) found.push(otherwise);
  };
  const changed =
    direction === 'up'
      ? after.filter((name) => !before.includes(name))
      : before.filter((name) => !after.includes(name));
  const told = events.filter(({ event }) => event === 'revision.applied' || event === 'revision.reverted');
  const toldNames = told.map(({ name }) => String(name));
  const finished = events.at(-1);
  claim([0, 6, 8, 10].includes(result.exitCode ?? -1), `the exit code is ${result.exitCode}`);
  claim(finished?.event === 'run.finished', 'the last event is not run.finished');
  claim(finished?.['exitCode'] === result.exitCode, 'run.finished has another exit code');
  for (const name of toldNames) claim(changed.includes(name), `${name} was told as done, and is not`);
  for (const name of changed)
    claim(
      toldNames.includes(name) || said.includes(`Whether revision ${name} is`),
      `${name} is done, and was not told`,
    );
  const listed = finished?.[direction === 'up' ? 'applied' : 'reverted'];
  claim(String(listed) === String(toldNames), `run.finished lists ${String(listed)}, told were ${String(toldNames)}`);
  if (finished?.['recordRead'] !== false) {
    claim(
      finished?.['current'] === (after.at(-1) ?? null),
      `run.finished says current is ${String(finished?.['current'])}`,
    );
    const pending = files.filter((name) => !after.includes(name));
    claim(
      String(finished?.['pending']) === String(pending),
      `run.finished says pending is ${String(finished?.['pending'])}`,
    );
  }
  const isWhole = direction === 'up' ? after.length === files.length : after.length === 0;
  if (result.exitCode === 0) claim(isWhole, 'it succeeded, but not all is done');
  for (const failed of events.filter(({ event }) => event === 'revision.failed'))
    claim(
      !changed.includes(String(failed['name'])) || String(failed['state']).startsWith('Whether revision'),
      `${String(failed['name'])} is told as failed, and is done`,
    );
  if (result.exitCode === 6 || result.exitCode === 10)
    claim(
      events.some(({ event }) => event === 'revision.failed'),
      'a revision failed, but which one is not told',
    );
  return found;
}
