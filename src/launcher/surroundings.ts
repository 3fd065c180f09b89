import { randomUUID } from 'node:crypto';
import { wantsColour } from '../contract/paint.ts';
import { systemClock } from './clock.ts';
import type { Flags } from './command-line/flags.ts';
import type { StopSignal } from './interruption/interruption.ts';
import { personName, type Person } from './person.ts';
import { askAside, type Terminal } from './terminal/ask.ts';
import { createOutputStream, type WritableStream } from './terminal/output-stream.ts';
import { showsHyperlinks } from './terminal/hyperlink.ts';
import type { Screen } from './terminal/report.ts';
import type { Reader } from './terminal/safe-text.ts';

/** What main hands over of the process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly streams: { readonly stdout: OutputOfProcess; readonly stderr: OutputOfProcess };
  readonly onSignal: (listener: (signal: StopSignal) => void) => void;
  /** Where we were started. */
  readonly cwd: string;
  /** The machine's name. */
  readonly host: string;
  /** Ends the process now, whatever is under way. */
  readonly leave: (exitCode: number) => void;
  /** How to start the stand-in of `local`. */
  readonly standIn: { readonly execPath: string; readonly directory: string };
}

interface OutputOfProcess {
  readonly stream: WritableStream;
  /** Of a terminal, as it is now. */
  readonly size?: (() => { readonly columns: number; readonly rows: number }) | undefined;
  readonly kind: 'terminal' | 'file' | 'pipe';
}

/** Whether a person sits there who can be asked. */
export function canAsk({ env, terminal }: Surroundings): boolean {
  return terminal.isInteractive && (env['CI'] ?? '') === '';
}

/** Who runs this, and how to ask them. */
export function personOf(surroundings: Surroundings): Person {
  const { env, host, terminal } = surroundings;
  return {
    name: personName(env, host),
    ask: canAsk(surroundings) ? (question, withdrawn) => askAside(terminal, question, withdrawn) : undefined,
  };
}

/** Where a command prints; `flags` may say that there are to be no colours. */
export function createScreen(flags: Flags, { env, streams }: Surroundings): Screen {
  const reader = ({ kind }: OutputOfProcess): Reader => ({
    colours: wantsColour(kind === 'terminal', flags['color'] === false ? false : undefined, env),
    // What goes into a file is not read by the runner, and may be SQL.
    githubActions: env['GITHUB_ACTIONS'] === 'true' && kind !== 'file',
  });
  const stdout = createOutputStream(streams.stdout.stream);
  const stderr = createOutputStream(streams.stderr.stream);
  const inActions = env['GITHUB_ACTIONS'] === 'true';
  const isQuietPlace = (env['CI'] ?? '') !== '' || env['TERM'] === 'dumb' || inActions;
  const { size, kind } = streams.stderr;
  return {
    stdout,
    stderr,
    live:
      kind !== 'terminal' || size === undefined || isQuietPlace
        ? undefined
        : {
            stderr,
            size,
            shares: (stream) => stream === stderr || streams.stdout.kind === 'terminal',
            now: systemClock.now,
          },
    actions: inActions
      ? {
          outputFile: env['GITHUB_OUTPUT'] || undefined,
          summaryFile: env['GITHUB_STEP_SUMMARY'] || undefined,
          delimiter: randomUUID,
        }
      : undefined,
    showsHyperlinks: kind === 'terminal' && showsHyperlinks(env),
    stdoutReader: reader(streams.stdout),
    stderrReader: reader(streams.stderr),
    now: systemClock.now,
  };
}
