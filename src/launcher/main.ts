#!/usr/bin/env node
import { fstatSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { formatError } from './terminal/format-error.ts';
import { readCommandLine } from './command-line/command-line.ts';
import type { Surroundings } from './surroundings.ts';

async function main(): Promise<number> {
  try {
    const commandLine = readCommandLine(process.argv.slice(2));
    if (commandLine.kind === 'launch') {
      // Loaded only now: the help must not wait for the rest.
      const { run } = await import('./run.ts');
      return await run(commandLine, surroundings());
    }
    if (commandLine.kind === 'task') {
      const { runTaskCommand } = await import('./run-task-command.ts');
      return await runTaskCommand(commandLine, surroundings());
    }
    process.stdout.write(commandLine.text);
    return exitCodes.done;
  } catch (error) {
    const { streams, env } = surroundings();
    const isRead = env['GITHUB_ACTIONS'] === 'true' && streams.stderr.kind !== 'file';
    process.stderr.write(formatError(error, isRead ? 'actions-runner' : 'person'));
    return error instanceof AppError ? error.exitCode : exitCodes.bug;
  }
}

function surroundings(): Surroundings {
  const { env, stdin, stdout, stderr, execPath } = process;
  return {
    env,
    terminal: { isInteractive: stdin.isTTY && stderr.isTTY, input: stdin, output: stderr },
    streams: {
      stdout: { stream: stdout, kind: stdout.isTTY ? 'terminal' : kindOfFile(1) },
      stderr: {
        stream: stderr,
        kind: stderr.isTTY ? 'terminal' : kindOfFile(2),
        size: () => ({ columns: stderr.columns || 80, rows: stderr.rows || 24 }),
      },
    },
    onSignal(listener) {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => listener(signal));
    },
    cwd: process.cwd(),
    host: hostname(),
    leave: (exitCode) => process.exit(exitCode),
    standIn: { execPath, directory: join(process.cwd(), '.wumbo-local') },
  };
}

function kindOfFile(descriptor: number): 'file' | 'pipe' {
  try {
    return fstatSync(descriptor).isFile() ? 'file' : 'pipe';
  } catch {
    return 'pipe';
  }
}

// A long log is a stream of short-lived pages: without this V8 lets its young generation grow, and 100,000 lines take 250 MiB
// where 30 MiB are alive (measured with Node 24; 172 MiB with it).
setFlagsFromString('--semi-space-growth-factor=1');

// A call that is still under way after a detach must not hold the prompt, so we do not wait for the event loop to be empty.
process.stderr.on('error', () => {});
process.stdout.on('error', () => {});
const exitCode = await main();
process.stderr.write('', () => process.exit(exitCode));
