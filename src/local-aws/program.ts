import { access } from 'node:fs/promises';

import type { EngineEnvironment } from './account.ts';
import { AppError } from '../contract/app-error.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { removeServer, stopServer, type ServerOptions } from '../embedded-postgres/server.ts';
import { engineProblem } from './docker/engine.ts';
import { databaseName, prepareLocalDatabase, type LocalDatabase } from './local-database.ts';
import { startLocalAws, type LocalAws, type LocalAwsOptions } from './server.ts';
import { help, type Settings } from './settings.ts';
import { wumboAccount } from './wumbo/wumbo-account.ts';

/** What the program has from its process. */
export interface Surroundings {
  readonly machine: ServerOptions['machine'];
  /** Absolute path of the Node.js that runs us, for the task's process. */
  readonly node: string;
  /** For the docker program: PATH, HOME, DOCKER_HOST and the like. */
  readonly environment: EngineEnvironment;
  /** Path of the program itself, for the commands that it recommends. */
  readonly program: string;
  readonly print: (text: string) => void;
  readonly say: (line: string) => void;
  /** Settles when it is time to go: `finish` lets running tasks end, `stop` stops them. */
  readonly end: () => Promise<'finish' | 'stop'>;
}

/** Runs the stand-in until it is told to end, or does the one thing that was asked instead. */
export async function runProgram(settings: Settings, surroundings: Surroundings): Promise<void> {
  const { directory } = settings;
  const server: ServerOptions = { directory, machine: surroundings.machine };
  if (settings.action === 'help') return surroundings.print(help);
  if (settings.action === 'stop') {
    const wasRunning = await stopServer(server);
    const text = wasRunning ? 'Stopped the embedded PostgreSQL' : 'No embedded PostgreSQL was running';
    return surroundings.say(`${text} in ${directory}.`);
  }
  if (settings.docker === undefined) await checkMigrate(settings.migrate);
  else await checkEngine(surroundings.environment);
  if (settings.reset) await removeServer(server);
  const database = await prepareLocalDatabase(server, settings.environments);
  const localAws = await startOnPort({
    account: accountOf(settings, database, surroundings),
    port: settings.port,
    paceMs: settings.paceMs,
    logDelayMs: settings.logDelayMs,
    faults: settings.faults,
    log: surroundings.say,
  });
  try {
    surroundings.say(welcome(localAws, database));
    surroundings.print(`${JSON.stringify(readyMessage(localAws, database, settings))}\n`);
    if ((await surroundings.end()) === 'finish') await localAws.idle();
  } finally {
    await localAws.close();
  }
  surroundings.say(
    `The embedded PostgreSQL in ${directory} goes on running (port ${database.port}); \`node ${surroundings.program} --stop --directory ${directory}\` stops it.`,
  );
}

async function startOnPort(options: LocalAwsOptions): Promise<LocalAws> {
  try {
    return await startLocalAws(options);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new AppError({
      code: 'port-in-use',
      exitCode: exitCodes.usage,
      message: `Port ${options.port ?? 0} of 127.0.0.1 is in use by another program.`,
      hint: 'Name another one with --port N, or leave --port out to get a free one.',
      cause,
    });
  }
}

async function checkMigrate(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  throw new AppError({
    code: 'migrate-missing',
    exitCode: exitCodes.usage,
    message: `The image wumbo-migration has no program: ${path} does not exist.`,
    hint: 'Run `npm run build`, or name the program with --migrate PATH.',
  });
}

async function checkEngine(environment: EngineEnvironment): Promise<void> {
  const problem = await engineProblem(environment);
  if (problem === undefined) return;
  throw new AppError({
    code: 'engine-missing',
    exitCode: exitCodes.usage,
    message: `No Docker engine answers: ${problem}`,
    hint: 'Start it, or set DOCKER_HOST; without --docker tasks run as processes.',
  });
}

function accountOf(settings: Settings, database: LocalDatabase, { node, environment }: Surroundings) {
  const process = {
    entrypoint: [node, settings.migrate],
    command: ['upgrade', 'head'],
    environment: { NODE_ENV: 'production' },
    workingDirectory: settings.project,
  };
  return wumboAccount({
    environments: settings.environments.map((name) => ({ name, database: database.secretOf(name) })),
    images: {
      'wumbo-migration':
        settings.docker === undefined ? process : { dockerImage: settings.docker, engine: environment },
    },
  });
}

function welcome({ endpoint, region }: LocalAws, { host, port, user, passFile }: LocalDatabase): string {
  return [
    `The stand-in for AWS answers at ${endpoint}: AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws --region ${region} --endpoint-url ${endpoint} …`,
    `The databases are reached with: PGPASSFILE=${passFile} psql -h ${host} -p ${port} -U ${user} -l`,
  ].join('\n');
}

function readyMessage({ endpoint, region }: LocalAws, database: LocalDatabase, { environments }: Settings): object {
  const { host, port, user, passFile } = database;
  return {
    ready: true,
    endpoint,
    region,
    accessKeyId: 'local',
    secretAccessKey: 'local',
    database: { host, port, user, name: databaseName(environments[0] ?? 'local'), passFile },
  };
}
