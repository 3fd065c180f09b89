#!/usr/bin/env node
import { fileURLToPath } from 'node:url';

import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { runProgram } from './program.ts';
import { readSettings } from './settings.ts';

// Whoever started us may be gone when the last tasks end; nobody hears us then, and that is no failure.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
const isSource = import.meta.url.endsWith('.ts');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  const settings = readSettings(process.argv.slice(2), {
    env: process.env,
    workingDirectory: process.cwd(),
    defaultMigrate: fileURLToPath(new URL(isSource ? '../runner/main.ts' : 'migrate.js', import.meta.url)),
  });
  await runProgram(settings, {
    machine: { platform: process.platform, arch: process.arch, uid: process.getuid?.() },
    node: process.execPath,
    environment: process.env,
    program: fileURLToPath(import.meta.url),
    print: (text) => void process.stdout.write(text),
    say,
    end: () => endOf(settings.untilStdinCloses),
  });
} catch (error) {
  if (error instanceof AppError) {
    say(`local-aws: ${error.message}`);
    if (error.hint !== undefined) say(error.hint);
  } else say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = error instanceof AppError ? error.exitCode : exitCodes.bug;
}

/**
 * When to end. A parent that holds our stdin decides alone: Ctrl-C at its terminal reaches us too, and must not stop a task
 * from which it merely detaches.
 */
function endOf(untilStdinCloses: boolean): Promise<'finish' | 'stop'> {
  return new Promise((end) => {
    process.once('SIGTERM', () => end('stop'));
    if (!untilStdinCloses) {
      process.once('SIGINT', () => end('stop'));
      return;
    }
    process.on('SIGINT', () => undefined);
    process.stdin.once('end', () => end('finish'));
    process.stdin.once('error', () => end('finish'));
    process.stdin.resume();
  });
}
