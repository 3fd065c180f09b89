import { AppError } from '../contract/app-error.ts';
import { createPaint } from '../contract/paint.ts';
import { visibleText } from '../contract/visible-text.ts';
import type { AwsConnection } from './aws/clients.ts';
import { systemClock } from './clock.ts';
import { declined, needsYes, requiredConfirmation } from './start/confirmation.ts';
import { connect } from './connect.ts';
import { endLaunch } from './end-launch.ts';
import { watchInterruptions } from './interruption/interruption.ts';
import { launch } from './launch.ts';
import type { CommandLine } from './command-line/command-line.ts';
import { loadSettings } from './settings/load-settings.ts';
import type { LaunchPlan, Report } from './report.ts';
import type { Settings } from './settings/settings.ts';
import { startStandIn, stopStandIn, type StandInAddress, type StandInProgram } from './stand-in.ts';
import { canAsk, createScreen, personOf, type Surroundings } from './surroundings.ts';
import { ask } from './terminal/ask.ts';
import { createOutputStream } from './terminal/output-stream.ts';
import { confirmationLines } from './terminal/plan-lines.ts';
import { createReport, type Screen } from './terminal/report.ts';

type Launch = Extract<CommandLine, { kind: 'launch' }>;

/** Does what the command line asks for and gives the exit code. Throws an AppError when no task was started. */
export async function run(commandLine: Launch, surroundings: Surroundings): Promise<number> {
  const settings = await loadSettings(commandLine, surroundings);
  const screen = createScreen(commandLine.flags, surroundings);
  const report = createReport(screen, settings);
  try {
    if (commandLine.standIn === undefined)
      return await runLaunch(commandLine, surroundings, { settings, report, screen });
    return await runLocal(commandLine, surroundings, { settings, report, screen });
  } catch (error) {
    if (error instanceof AppError) await report.refused(error);
    if (settings.json && error instanceof AppError) screen.stdout.write(`${JSON.stringify(notLaunched(error))}\n`);
    throw error;
  } finally {
    await screen.stdout.flushed();
  }
}

interface Prepared {
  readonly settings: Settings;
  readonly report: Report;
  readonly screen: Screen;
}

async function runLaunch(
  { environment, migrateArguments: command }: Launch,
  surroundings: Surroundings,
  { settings, report, screen, connection }: Prepared & { readonly connection?: AwsConnection },
): Promise<number> {
  const interruptions = watchInterruptions(surroundings.onSignal, systemClock.now);
  const aws = await connect(settings, surroundings, connection);
  const person = personOf(surroundings);
  const confirm = async (plan: LaunchPlan): Promise<void> => {
    const interactive = canAsk(surroundings);
    const needed = requiredConfirmation({ environment, command, interactive, yes: settings.yes });
    if (needed === 'needs-yes') throw needsYes(command ?? []);
    if (needed === 'none') return;
    const { terminal } = surroundings;
    const paint = createPaint(screen.stderrReader.colours ? 'on' : 'off');
    const lines = confirmationLines(
      plan,
      { name: person.name, profile: settings.profile ?? surroundings.env['AWS_PROFILE'] },
      paint,
    );
    terminal.output.write(`\n${lines.join('\n')}\n\n`);
    const answer = await ask(terminal, `Type ${environment} to go ahead: `);
    if (answer.trim() !== environment) throw declined();
    terminal.output.write('\n');
  };
  const end = await launch(
    { aws, report, clock: systemClock, interruptions, confirm, person },
    { environment, command, settings },
  );
  return endLaunch({ report, interruptions }, surroundings, end);
}

/** The same launch against a stand-in for AWS on this machine. */
async function runLocal(commandLine: Launch, surroundings: Surroundings, prepared: Prepared): Promise<number> {
  const { report } = prepared;
  const program: StandInProgram = {
    ...surroundings.standIn,
    onTalk: (line) => report.detail(`local-aws: ${visibleText(line)}`),
  };
  if (commandLine.standIn === 'stop') {
    await stopStandIn(program);
    report.say('The local server is stopped.');
    return 0;
  }
  report.say('Starting PostgreSQL and a stand-in for AWS on this machine; the first time takes a moment.');
  const standIn = await startStandIn(program, commandLine.standIn === 'reset' ? 'reset' : 'start');
  try {
    const connection = toConnection(standIn.address);
    // The stand-in's phases are short, and nobody is throttled: looking often lets every one of them be seen.
    const settings = { ...prepared.settings, pollMs: Math.min(prepared.settings.pollMs, 150) };
    const exitCode = await runLaunch(commandLine, surroundings, { ...prepared, settings, connection });
    const { host, port, user, name, passFile } = standIn.address.database;
    const says = createOutputStream(surroundings.streams.stderr.stream);
    if (!prepared.settings.quiet)
      says.write(
        `\nThe local server keeps running. To look at it:\n  PGPASSFILE=${passFile} psql -h ${host} -p ${port} -U ${user} ${name}\nTo stop it:\n  launch-migration local --stop\n`,
      );
    await says.flushed();
    return exitCode;
  } finally {
    standIn.release();
  }
}

function toConnection({ endpoint, region, accessKeyId, secretAccessKey }: StandInAddress): AwsConnection {
  return { endpoint, region, profile: undefined, credentials: { accessKeyId, secretAccessKey } };
}

/** The last line of --json when nothing was started. */
function notLaunched({ code, exitCode, message, hint }: AppError): object {
  return {
    event: 'launch.finished',
    time: new Date().toISOString(),
    outcome: 'never-started',
    exitCode,
    taskArn: null,
    logComplete: true,
    phases: {},
    error: { code, message, hint },
  };
}
