import { describe, expect, it } from 'vitest';
import { z } from 'zod/mini';

import { eventSchema } from '../../../src/contract/run-event-shapes.ts';
import type { RunEventName } from '../../../src/contract/run-events.ts';
import { documentVersion } from '../../../src/runner/documents/version.ts';
import { documents, type DocumentName } from '../../../src/runner/documents/documents.ts';
import { createProject, threeRevisions } from '../../support/migrations.ts';

/** What is wrong with the line as a document of this name; nothing may be left over. */
function problemsOf(name: DocumentName, line: string): string | undefined {
  const { version, ...fields } = JSON.parse(line) as { version: unknown };
  if (version !== documentVersion) return `version ${String(version)}`;
  return z.strictObject(documents[name].shape).safeParse(fields).error?.message;
}

function problemsOfEvents(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const event = JSON.parse(line) as { event: RunEventName };
    const { error } = eventSchema(event.event).safeParse(event);
    return error ? [`${line}: ${error.message}`] : [];
  });
}

describe('migrate … --json on a database', () => {
  it.each<[readonly string[], DocumentName, number]>([
    [['check'], 'check', 3],
    [['current'], 'current', 0],
    [['heads'], 'heads', 0],
    [['history'], 'history', 0],
    [['history', '-v'], 'history', 0],
    [['show', 'head'], 'show', 0],
    [['show', '20260101000001'], 'show', 0],
    [['stamp', 'head', '--reason', 'x', '--dry-run'], 'stamp', 0],
    [['lock'], 'lock', 0],
    [['revision', '-m', 'more'], 'revision', 0],
    [['rebase', 'add_email'], 'rebase', 0],
    [['doctor'], 'doctor', 0],
    [['upgrade', '--sql'], 'sql', 0],
    [['downgrade', 'base', '--sql'], 'sql', 0],
    [['show', 'nope'], 'error', 2],
    [['history', '-r', 'x'], 'error', 2],
    [['upgrade', 'nope', '--sql'], 'error', 2],
    [['chekc'], 'error', 2],
    [['check', '--lock-wait', 'soon'], 'error', 2],
  ])('%j prints the documented %s document and nothing else', async (args, name, exitCode) => {
    const { migrate } = await createProject(threeRevisions);
    await migrate(['upgrade', '+1']);
    const result = await migrate([...args, '--json']);
    expect(result.exitCode, result.stderr).toBe(exitCode);
    const [line = '', ...rest] = result.stdout.split('\n');
    expect(rest).toEqual(['']);
    expect(problemsOf(name, line)).toBeUndefined();
    expect(/^error: ./.test(result.stderr)).toBe(name === 'error');
  });

  it('runs print documented events only, the failed one with its code', async () => {
    const { migrate, write, lock } = await createProject(threeRevisions);
    const outputs = [
      await migrate(['upgrade', '--json']),
      await migrate(['downgrade', '-1', '--json']),
      await migrate(['stamp', 'head', '--reason', 'x', '--json']),
      await migrate(['downgrade', '+1', '--json']),
    ];
    await write('20260101000004_bad.sql', "-- migrate:up\nDO $$ BEGIN RAISE NOTICE 'hi'; END $$;\nSELECT 1/0;\n");
    await lock();
    outputs.push(await migrate(['upgrade', '--json']));
    expect(outputs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 2, 6]);
    for (const { stdout } of outputs) {
      const lines = stdout.trim().split('\n');
      expect(problemsOfEvents(lines)).toEqual([]);
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ event: 'run.finished' });
    }
    expect(outputs[3]?.stdout).toContain('"code":"wrong-direction"');
    expect(outputs[4]?.stdout).toContain('"event":"notice"');
    expect(outputs[4]?.stdout).toContain('"sqlState":"22012"');
  });
});
