import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
// Only this function: a process group cannot be signalled through the ChildProcess.
import { kill } from 'node:process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A container's main process and everything that it starts: a process group of its own. */
export interface ContainerProcess {
  /** The exit code as a container runtime reports it: 128 + n after signal n. Settled when all output has been read, too. */
  readonly exit: Promise<number>;
  /** SIGTERM now, SIGKILL after the grace period. A later call can only shorten the period. */
  readonly terminate: (graceMs: number) => void;
  /** SIGKILL now. */
  readonly kill: () => void;
}

export interface ContainerCommand {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory?: string | undefined;
  /** Gets each line of stdout and stderr, without its end, in the order of arrival. */
  readonly onLine: (line: string) => void;
}

/** Starts the process. @throws the system's error when it cannot be started (ENOENT, EACCES). */
export async function startContainerProcess(command: ContainerCommand): Promise<ContainerProcess> {
  const child = spawn(command.program, command.arguments, {
    cwd: command.workingDirectory,
    env: { ...command.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group, so that a signal reaches its children, and Ctrl-C at our terminal does not reach it.
    detached: true,
  });
  const output = Promise.all([readLines(child.stdout, command.onLine), readLines(child.stderr, command.onLine)]);
  const exited = exitCodeOf(child);
  await new Promise<void>((started, failed) => {
    child.once('spawn', started);
    child.once('error', failed);
  });
  let ended = false;
  const exit = exited.then(async (code) => {
    ended = true;
    // When a container's first process ends, the runtime kills the others; they would hold our pipes open, too.
    signalGroup(child, 'SIGKILL');
    await output;
    return code;
  });
  return {
    exit,
    terminate: terminator(child, () => ended),
    kill: () => {
      if (!ended) signalGroup(child, 'SIGKILL');
    },
  };
}

function terminator(child: ChildProcess, hasEnded: () => boolean): (graceMs: number) => void {
  let killAt = Infinity;
  return (graceMs) => {
    if (hasEnded()) return;
    if (killAt === Infinity) signalGroup(child, 'SIGTERM');
    const at = Date.now() + graceMs;
    if (at >= killAt) return;
    killAt = at;
    const timer = setTimeout(() => {
      if (!hasEnded()) signalGroup(child, 'SIGKILL');
    }, graceMs);
    child.once('exit', () => clearTimeout(timer));
  };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((done) => {
    child.once('exit', (code, signal) => done(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** Lines end at \n only, as the container runtime sees it: a progress bar's \r stays inside its line. */
async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let unfinished = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (unfinished + decoder.write(chunk)).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  await new Promise<void>((done) => stream.once('close', done));
  unfinished += decoder.end();
  if (unfinished !== '') onLine(unfinished);
}
