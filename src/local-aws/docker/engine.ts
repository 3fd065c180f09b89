import { execFile } from 'node:child_process';

import type { EngineEnvironment } from '../account.ts';

/** What the docker program left behind; -1 when it could not be started. */
export interface EngineAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  /** The last line of what it said, without the daemon's preamble. */
  readonly complaint: string;
}

/** Runs the docker program. Secrets come as its environment, so that no list of processes shows them. */
export function askEngine(
  engine: EngineEnvironment,
  args: readonly string[],
  secrets: Readonly<Record<string, string>> = {},
): Promise<EngineAnswer> {
  return new Promise((done) => {
    const options = { env: { ...secrets, ...engine }, maxBuffer: 2 ** 26 };
    execFile('docker', args, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      const said = stderr.trim() === '' ? (error?.message ?? '') : stderr;
      done({ exitCode, stdout: stdout.trim(), complaint: complaintIn(said) });
    });
  });
}

/** Why no container can run, as the end of a sentence; `undefined` when the engine answers. */
export async function engineProblem(engine: EngineEnvironment): Promise<string | undefined> {
  const { exitCode, complaint } = await askEngine(engine, ['version', '--format', '{{.Server.Version}}']);
  return exitCode === 0 ? undefined : complaint;
}

function complaintIn(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Error: failed to start'));
  return lines.join(' ').replace(/^(?:docker: )?Error response from daemon: /, '');
}
