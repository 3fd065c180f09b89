#!/usr/bin/env node
import { randomUUID } from 'node:crypto';

import { AppError } from '../contract/app-error.ts';
import { exitCodes, type ExitCode } from '../contract/exit-codes.ts';
import { version } from '../contract/version.ts';
import { parseCommandLine } from './program.ts';
import { readSettings } from './settings.ts';
import { createOutput } from './terminal-output.ts';

// First of all: as PID 1 of a container a process without handlers does not even notice SIGTERM.
const interruption = new AbortController();
for (const [name, exitCode] of [
  ['SIGTERM', exitCodes.terminated],
  ['SIGINT', exitCodes.interrupted],
] as const) {
  process.on(name, () => {
    const message = `Interrupted by ${name}.`;
    interruption.abort(
      new AppError({
        code: 'interrupted',
        exitCode,
        message,
        hint: 'Run it again: it goes on with the revisions that are pending.',
      }),
    );
  });
}
// `migrate history | head` closes the pipe early: that must not become a failed migration.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const exitCode = await main().catch((error: unknown) => {
  if (error instanceof AppError) {
    process.stderr.write(`error: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
    return error.exitCode;
  }
  process.stderr.write(
    `A bug in migrate ${version}, please report it:\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return exitCodes.bug;
});
// A timer or socket that a script revision left behind must not keep the task alive: exit as soon as all is written.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));

async function main(): Promise<ExitCode> {
  const writeOut = (line: string): void => void process.stdout.write(`${line}\n`);
  const writeErr = (line: string): void => void process.stderr.write(`${line}\n`);
  const { env } = process;
  const parsed = parseCommandLine(process.argv.slice(2), {
    writeOut: (text) => process.stdout.write(text),
    writeErr: (text) => process.stderr.write(text),
  });
  if (parsed.kind === 'answered') return parsed.exitCode;
  const settings = readSettings(parsed.flags, env);
  const inContainer =
    (env['MIGRATE_CONTAINER'] === 'true' || env['ECS_CONTAINER_METADATA_URI_V4'] !== undefined) &&
    !process.stdout.isTTY;
  const runId = randomUUID();
  const output = createOutput(
    { writeOut, writeErr },
    {
      events: inContainer || settings.json,
      documents: settings.json,
      quiet: settings.quiet,
      verbose: settings.verbose,
      colour: process.stderr.isTTY && !settings.noColor && !env['NO_COLOR'],
    },
    { runId, now: () => new Date() },
  );
  const { runCommand } = await import('./run-command.ts');
  return runCommand({
    invocation: parsed.invocation,
    inContainer,
    context: {
      settings,
      environment: env,
      output,
      clock: { now: () => performance.now(), sleep: (ms) => new Promise((done) => setTimeout(done, ms)) },
      signal: interruption.signal,
      identity: { runId, toolVersion: version },
    },
    writeRevision: async (options) => {
      const { writeRevision } = await import('../authoring/write-revision.ts');
      const path = await writeRevision({ directory: settings.migrations, now: new Date(), ...options });
      output.answer({ text: path, document: { file: path } });
      output.remark('Write its statements, then run `migrate lock` so that migrations.lock knows the final text.');
    },
  });
}
