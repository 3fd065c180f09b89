import type { TaskDefinition } from '../aws/task-definition.ts';
import { familyOf, type Sourced } from './target.ts';

interface DefinitionReader {
  describeDefinition(name: string): Promise<TaskDefinition>;
}

/** The task definition that is to run, and what a person should know of the choice. */
export interface DefinitionChoice {
  readonly definition: TaskDefinition;
  /** For --verbose: where the revision came from. */
  readonly source: string;
  /** With --latest: that another revision was taken than the one that the stack names. */
  readonly note: string | undefined;
  readonly warning: string | undefined;
}

/**
 * The revision that the stack names, or with `latest` the newest one of its family. A newer revision than the stack's is a
 * warning: a pipeline may have registered it with the image that is meant.
 */
export async function chooseDefinition(
  tasks: DefinitionReader,
  { value: named, source }: Sourced<string>,
  choice: 'as-named' | 'latest',
): Promise<DefinitionChoice> {
  const family = familyOf(named);
  const newestAnyway = named === family || family === named.split('/').at(-1);
  if (newestAnyway)
    return { definition: await tasks.describeDefinition(named), source, note: undefined, warning: undefined };
  if (choice === 'latest') {
    const definition = await tasks.describeDefinition(family);
    const note = `Taking ${definition.name}, the newest revision of its family (--latest); ${source} names ${nameOf(named)}.`;
    return { definition, source: `--latest of ${family}`, note, warning: undefined };
  }
  // Who may not see the newest one misses only the warning.
  const newest = tasks.describeDefinition(family).catch(() => undefined);
  const definition = await tasks.describeDefinition(named);
  return { definition, source, note: undefined, warning: newerWarning(definition, await newest, source) };
}

function newerWarning(
  definition: TaskDefinition,
  newest: TaskDefinition | undefined,
  source: string,
): string | undefined {
  if (!newest || newest.revision <= definition.revision) return undefined;
  return `${newest.name} is newer than ${definition.name}, which ${source} names and which runs now; --latest takes the newest.`;
}

function nameOf(taskDefinition: string): string {
  return taskDefinition.split('/').at(-1) ?? taskDefinition;
}
