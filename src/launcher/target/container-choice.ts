import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { ContainerDefinition, TaskDefinition } from '../aws/task-definition.ts';
import type { Sourced } from './target.ts';

/** The roles of a task's containers by the task definition: what is not in it was injected and decides nothing. */
export interface Roles {
  readonly container: string;
  readonly sideContainers: readonly SideContainer[];
}

export interface SideContainer {
  readonly name: string;
  /** Its end ends the task. */
  readonly essential: boolean;
}

/**
 * The container that runs migrate: the one that a flag or output names, else the only one, else MigrationContainer, else
 * the only essential one. Never "the first": a side container may stand there. Throws exit 2 with the list.
 */
export function chooseContainer(
  definition: TaskDefinition,
  requested: Sourced<string> | undefined,
): { readonly container: ContainerDefinition; readonly source: string } {
  const { containers } = definition;
  if (requested) {
    const container = containers.find(({ name }) => name === requested.value);
    if (container) return { container, source: requested.source };
    throw ambiguous(
      `The task definition ${definition.name} has no container ${requested.value} (from ${requested.source})`,
      containers,
    );
  }
  const [only, ...others] = containers;
  if (only && others.length === 0) return { container: only, source: `the only container of ${definition.name}` };
  const named = containers.find(({ name }) => name === 'MigrationContainer');
  if (named) return { container: named, source: `its name in ${definition.name}` };
  const essential = containers.filter((container) => container.essential);
  if (essential.length === 1 && essential[0])
    return { container: essential[0], source: `the only essential container of ${definition.name}` };
  throw ambiguous(`It is not clear which container of ${definition.name} runs migrate`, containers);
}

/** The roles of a definition's containers when that one runs migrate. */
export function rolesOf({ containers }: TaskDefinition, { name: chosen }: ContainerDefinition): Roles {
  const others = containers.filter(({ name }) => name !== chosen);
  return { container: chosen, sideContainers: others.map(({ name, essential }) => ({ name, essential })) };
}

function ambiguous(problem: string, containers: readonly ContainerDefinition[]): AppError {
  const list = containers.map(({ name, essential }) => `${name}${essential ? '' : ' (not essential)'}`).join(', ');
  return new AppError({
    code: 'unresolved',
    exitCode: exitCodes.usage,
    message: `${problem}; it has ${list || 'no container at all'}.`,
    hint: 'Pass --container NAME, or give the compute stack an output MigrationContainerName.',
  });
}
