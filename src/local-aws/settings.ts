import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { AppError } from '../contract/app-error.ts';
import { parseDuration } from '../contract/duration.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { suggestion } from '../contract/suggestion.ts';
import { describeKinds } from './faults/fault.ts';
import type { FaultPlan } from './faults/faults.ts';
import { parseFault } from './faults/parse-fault.ts';

export interface Settings {
  readonly action: 'run' | 'stop' | 'help';
  readonly directory: string;
  readonly port: number;
  readonly environments: readonly string[];
  readonly project: string;
  readonly migrate: string;
  /** Image of the Docker engine that tasks run; absent: they run `migrate` as a process. */
  readonly docker?: string;
  readonly logDelayMs: number;
  readonly paceMs: number;
  readonly reset: boolean;
  readonly untilStdinCloses: boolean;
  readonly faults: FaultPlan;
}

export const help = `Usage: node dist/local-aws.js [options]

A stand-in for the AWS account of Wumbo: CloudFormation, ECS and CloudWatch Logs on one local port, with a real PostgreSQL
behind them. A task really runs the migration program. Prints one line of JSON when it is ready.

Options:
  --directory DIR        where the embedded PostgreSQL keeps its data (default .wumbo-local)
  --port N               port of the stand-in (default: any free one)
  --environments A,B     environments that exist (default local,development,staging,production)
  --project DIR          folder in which a task runs, so that it finds ./migrations (default: this one)
  --migrate PATH         program of the image wumbo-migration (default: migrate.js beside this program)
  --docker IMAGE         run tasks as containers of this image in the Docker engine, its awslogs driver sending to us
  --log-delay 5s         how long a log line takes until CloudWatch shows it
  --pace 300ms           how long each phase of a task's life takes
  --fault SENTENCE       what goes wrong, see below; may be given several times
  --fault-seed N         the same seed and the same calls give the same faults (default 1)
  --until-stdin-closes   when stdin ends, let running tasks finish and exit
  --reset                remove the database's data first
  --stop                 stop the embedded PostgreSQL and exit
  --help                 show this

Environment variables: LOCAL_AWS_FAULTS (sentences with ; between them) and LOCAL_AWS_FAULT_SEED, beside the options.

Faults: a kind and what it takes, then in any order how often (50%, 3 times, once), from when on (after 2: from the third
time) and for how long (for 10s). OPERATION is a name, a service (logs:*) or *. While the stand-in runs, GET, PUT and DELETE
/_faults show, set and end them: curl -X PUT -H 'content-type: application/json' -d '{"faults": ["fail * 10%"]}' …/_faults
${describeKinds()}

Examples:
  node dist/local-aws.js --port 4566
  node dist/local-aws.js --fault 'throttle GetLogEvents 50% for 10s' --fault 'lose RunTask once'
  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \\
    aws --region us-east-1 --endpoint-url http://127.0.0.1:4566 ecs list-tasks --cluster production-wumbo-cluster
  node dist/local-aws.js --stop
`;

const options = {
  directory: { type: 'string', default: '.wumbo-local' },
  port: { type: 'string', default: '0' },
  environments: { type: 'string', default: 'local,development,staging,production' },
  project: { type: 'string', default: '.' },
  migrate: { type: 'string' },
  docker: { type: 'string' },
  'log-delay': { type: 'string', default: '5s' },
  pace: { type: 'string', default: '300ms' },
  fault: { type: 'string', multiple: true, default: [] as string[] },
  'fault-seed': { type: 'string' },
  'until-stdin-closes': { type: 'boolean', default: false },
  reset: { type: 'boolean', default: false },
  stop: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

interface SettingsContext {
  readonly workingDirectory: string;
  readonly defaultMigrate: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the command line; paths become absolute.
 * @throws AppError `usage` with one sentence about what is wrong.
 */
export function readSettings(
  args: readonly string[],
  { workingDirectory, defaultMigrate, env }: SettingsContext,
): Settings {
  const { values, tokens } = parseLeniently(args);
  for (const token of tokens) {
    if (token.kind === 'positional') throw usageError(`local-aws takes no argument "${token.value}".`);
    if (token.kind === 'option') checkOption(token);
  }
  return {
    action: values.help ? 'help' : values.stop ? 'stop' : 'run',
    directory: resolve(workingDirectory, values.directory),
    port: portOf(values.port),
    environments: environmentsOf(values.environments),
    project: resolve(workingDirectory, values.project),
    migrate: resolve(workingDirectory, values.migrate ?? defaultMigrate),
    ...(values.docker === undefined ? {} : { docker: values.docker }),
    logDelayMs: durationOf('--log-delay', values['log-delay']),
    paceMs: durationOf('--pace', values.pace),
    reset: values.reset,
    untilStdinCloses: values['until-stdin-closes'],
    faults: {
      faults: faultsOf([...(env['LOCAL_AWS_FAULTS'] ?? '').split(';'), ...values.fault]),
      seed: seedOf(values['fault-seed'] ?? env['LOCAL_AWS_FAULT_SEED'] ?? '1'),
    },
  };
}

/** Node's own strict mode would throw words of its own at the first problem. */
function parseLeniently(args: readonly string[]) {
  return parseArgs({ args: [...args], options, strict: false, tokens: true, allowPositionals: true }) as ReturnType<
    typeof parseArgs<{ options: typeof options; tokens: true; allowPositionals: true }>
  >;
}

function checkOption({ name, rawName, value }: { name: string; rawName: string; value?: string | undefined }): void {
  const known = Object.hasOwn(options, name) ? options[name as keyof typeof options] : undefined;
  if (!known) {
    const near = suggestion(name, Object.keys(options));
    throw usageError(`Unknown option ${rawName}.${near === undefined ? '' : ` Did you mean --${near}?`}`);
  }
  if (known.type === 'string' && value === undefined) throw usageError(`Option ${rawName} needs a value.`);
  if (known.type === 'boolean' && value !== undefined) throw usageError(`Option ${rawName} takes no value.`);
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port > 65_535) throw usageError(`--port ${text} is not a port number (0 to 65535).`);
  return port;
}

function environmentsOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !/^[a-z][a-z0-9-]*$/.test(name));
  if (wrong !== undefined)
    throw usageError(`"${wrong}" is not the name of an environment: lower-case letters, digits and hyphens.`);
  return [...new Set(names)];
}

function durationOf(option: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw usageError(`${option} ${text} is not a duration: write 500ms, 5s or 2m.`);
  return ms;
}

function faultsOf(sentences: readonly string[]): readonly string[] {
  return sentences.filter((text) => text.trim() !== '').map((text) => parseFault(text).sentence);
}

function seedOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usageError(`The fault seed ${text} is not a whole number.`);
}

function usageError(message: string): AppError {
  return new AppError({
    code: 'usage',
    exitCode: exitCodes.usage,
    message,
    hint: 'Run `node dist/local-aws.js --help` for the options.',
  });
}
