import { stat } from 'node:fs/promises';

import type { ImageProgram } from '../account.ts';
import type { Region } from '../region.ts';
import { containerEnvironment } from './container-environment.ts';
import { startContainerProcess, type ContainerProcess } from './container-process.ts';
import { openLogDriver } from './log-driver.ts';
import { StartFailure } from './start-failure.ts';
import type { Container, ContainerOverride, Task } from './task.ts';

export interface ContainerStart {
  readonly task: Task;
  readonly container: Container;
  readonly image: ImageProgram;
  /** Environment variables from the container's secrets. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a container has when neither image nor definition sets it: Docker's own default. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Opens the container's log stream and starts its process, with nothing of the stand-in's own environment.
 * @throws StartFailure when the log group is missing or the command cannot be started.
 */
export async function startContainer(start: ContainerStart, region: Region): Promise<ContainerProcess> {
  const { task, container, image } = start;
  const logs = openLogDriver(container.definition, task.id, region);
  const override = task.overrides.containerOverrides?.find(({ name }) => name === container.definition.name);
  const [program = '', ...parameters] = commandLine(container, image, override);
  const workingDirectory = container.definition.workingDirectory ?? image.workingDirectory;
  await checkDirectory(workingDirectory);
  try {
    return await startContainerProcess({
      program,
      arguments: parameters,
      environment: environmentOf(start, override, region),
      workingDirectory,
      onLine: (line) => {
        if (line !== '') container.printedLines += 1;
        logs.write(line);
      },
    });
  } catch (error) {
    throw new StartFailure(cannotStart(`exec: "${program}": ${systemMessage(error)}`), { cause: error });
  }
}

/** Docker's rule: an entrypoint of the definition drops the image's command, an override replaces the command only. */
function commandLine(
  { definition }: Container,
  image: ImageProgram,
  override: ContainerOverride | undefined,
): readonly string[] {
  const hasOwnEntrypoint = definition.entryPoint !== undefined && definition.entryPoint.length > 0;
  const imageCommand = hasOwnEntrypoint ? [] : (image.command ?? []);
  const command = [override?.command, definition.command].find((words) => words !== undefined && words.length > 0);
  return [...((hasOwnEntrypoint ? definition.entryPoint : image.entrypoint) ?? []), ...(command ?? imageCommand)];
}

function environmentOf(
  { container, image, secrets }: ContainerStart,
  override: ContainerOverride | undefined,
  region: Region,
): Readonly<Record<string, string>> {
  return {
    PATH: defaultPath,
    ...image.environment,
    ...containerEnvironment({ container, override, region }),
    ...secrets,
  };
}

async function checkDirectory(directory: string | undefined): Promise<void> {
  if (directory === undefined) return;
  const found = await stat(directory).catch(() => undefined);
  if (!found?.isDirectory())
    throw new StartFailure(
      cannotStart(`chdir to cwd ("${directory}") set in config.json failed: no such file or directory`),
    );
}

function cannotStart(detail: string): string {
  return `CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${detail}: unknown`;
}

function systemMessage(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'executable file not found in $PATH';
  return code === 'EACCES' ? 'permission denied' : String(code ?? error);
}
