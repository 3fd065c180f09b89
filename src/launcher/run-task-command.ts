import { AppError } from '../contract/app-error.ts';
import { createPaint } from '../contract/paint.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { attach, type TaskRequest } from './tasks/attach.ts';
import { systemClock } from './clock.ts';
import { requiredToStop, stopDeclined, stopNeedsYes } from './start/confirmation.ts';
import { connect } from './connect.ts';
import { exitCodeOf } from './doctor/diagnosis.ts';
import { examine } from './doctor/doctor.ts';
import { endLaunch } from './end-launch.ts';
import type { FollowerContext } from './follow/follow-to-end.ts';
import { watchInterruptions } from './interruption/interruption.ts';
import { listTasks } from './tasks/list-tasks.ts';
import { loadSettings } from './settings/load-settings.ts';
import type { Report } from './report.ts';
import type { Settings } from './settings/settings.ts';
import { showLog } from './tasks/show-log.ts';
import { stop } from './tasks/stop.ts';
import { canAsk, createScreen, personOf, type Surroundings } from './surroundings.ts';
import type { TaskCommandLine } from './command-line/task-command-line.ts';
import { ask } from './terminal/ask.ts';
import { doctorDocument, doctorLines } from './terminal/doctor-lines.ts';
import { createLogReport, logEndLine } from './terminal/log-report.ts';
import { createReport, type Screen } from './terminal/report.ts';
import { jsonWithoutCommands, safeText } from './terminal/safe-text.ts';
import { taskDocument, taskLines } from './terminal/task-lines.ts';

/** Does what `tasks`, `logs`, `attach` or `stop` asks for and gives the exit code. Throws an AppError when nothing was done. */
export async function runTaskCommand(commandLine: TaskCommandLine, surroundings: Surroundings): Promise<number> {
  const settings = await loadSettings(commandLine, surroundings);
  const screen = createScreen(commandLine.flags, surroundings);
  const command: Command = { ...commandLine, settings, screen, report: createReport(screen, settings) };
  try {
    return await runWord(command, surroundings);
  } catch (error) {
    if (error instanceof AppError && (command.word === 'attach' || command.word === 'stop'))
      await command.report.refused(error);
    if (settings.json && error instanceof AppError) printJson(screen, failure(command, error));
    throw error;
  } finally {
    await screen.stdout.flushed();
  }
}

interface Command extends TaskCommandLine {
  readonly settings: Settings;
  readonly screen: Screen;
  readonly report: Report;
}

async function runWord(command: Command, surroundings: Surroundings): Promise<number> {
  switch (command.word) {
    case 'tasks':
      return runTasks(command, surroundings);
    case 'logs':
      return runLogs(command, surroundings);
    case 'attach':
      return runAttach(command, surroundings);
    case 'stop':
      return runStop(command, surroundings);
    case 'doctor':
      return runDoctor(command, surroundings);
  }
}

async function runTasks(
  { environment, settings, screen, report }: Command,
  surroundings: Surroundings,
): Promise<number> {
  const aws = await connect(settings, surroundings);
  const listing = await listTasks({ aws, report }, { environment, settings });
  if (settings.json) printJson(screen, taskDocument(listing, Date.now()));
  else
    for (const line of taskLines(listing, Date.now())) screen.stdout.write(`${safeText(line, screen.stdoutReader)}\n`);
  if (listing.tasks.length === 0)
    report.say(
      `No migration task runs in ${environment}, and none has ended in the last hour or so (family ${listing.family} in ${listing.cluster}).`,
    );
  return exitCodes.done;
}

async function runDoctor({ environment, settings, screen }: Command, surroundings: Surroundings): Promise<number> {
  const diagnosis = await examine(await connect(settings, surroundings), { environment, settings });
  if (settings.json) printJson(screen, doctorDocument(diagnosis));
  else
    for (const line of doctorLines(diagnosis, createPaint(screen.stdoutReader.colours ? 'on' : 'off')))
      screen.stdout.write(`${safeText(line, screen.stdoutReader)}\n`);
  return exitCodeOf(diagnosis);
}

async function runLogs(command: Command, surroundings: Surroundings): Promise<number> {
  const { settings, screen } = command;
  const report = createLogReport(screen, settings);
  const context = await followerContext({ ...command, report }, surroundings);
  const shown = await showLog(context, requestOf(command));
  report.shown(shown);
  if (settings.json) printJson(screen, logEndLine(shown));
  await screen.stderr.flushed();
  if (shown.logEnd === 'left') return shown.verdict.exitCode;
  return shown.logEnd === 'unreadable' ? exitCodes.awsRefused : exitCodes.done;
}

async function runAttach(command: Command, surroundings: Surroundings): Promise<number> {
  const context = await followerContext(command, surroundings);
  return endLaunch(context, surroundings, await attach(context, requestOf(command)));
}

async function runStop(command: Command, surroundings: Surroundings): Promise<number> {
  const { environment, settings, report } = command;
  const { terminal } = surroundings;
  const context = await followerContext(command, surroundings);
  const end = await stop(
    {
      ...context,
      reason: settings.reason,
      async confirm({ task }) {
        const needed = requiredToStop({ environment, interactive: canAsk(surroundings), yes: settings.yes });
        if (needed === 'none') return;
        if (needed === 'needs-yes') throw stopNeedsYes();
        report.say(`Task ${task.arn} (${task.lastStatus}, started by ${task.startedBy ?? 'somebody'})`);
        const answer = await ask(terminal, `Type ${environment} to stop it: `);
        if (answer.trim() !== environment) throw stopDeclined();
      },
    },
    requestOf(command),
  );
  return endLaunch(context, surroundings, end);
}

async function followerContext({ settings, report }: Command, surroundings: Surroundings): Promise<FollowerContext> {
  const interruptions = watchInterruptions(surroundings.onSignal, systemClock.now);
  const aws = await connect(settings, surroundings);
  return { aws, report, clock: systemClock, interruptions, person: personOf(surroundings) };
}

function requestOf({ environment, task, settings }: Command): TaskRequest {
  return { environment, task, settings };
}

function printJson(screen: Screen, value: object): void {
  screen.stdout.write(`${jsonWithoutCommands(JSON.stringify(value))}\n`);
}

/** What --json prints when nothing was listed, shown, followed or stopped. */
function failure({ word }: Command, { code, exitCode, message, hint }: AppError): object {
  const error = { code, message, hint };
  if (word === 'tasks' || word === 'doctor') return { version: 1, exitCode, error };
  return {
    event: word === 'logs' ? 'log.finished' : 'launch.finished',
    time: new Date().toISOString(),
    outcome: 'unknown',
    exitCode,
    taskArn: null,
    logComplete: false,
    phases: {},
    error,
  };
}
