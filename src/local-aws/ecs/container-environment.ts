import type { Region } from '../region.ts';
import type { Container, ContainerOverride } from './task.ts';

/** What ECS on Fargate puts into a container's environment beside its image's and its secrets. */
export function containerEnvironment({
  container: { definition, runtimeId },
  override,
  region,
}: {
  readonly container: Container;
  readonly override: ContainerOverride | undefined;
  readonly region: Region;
}): Readonly<Record<string, string>> {
  const listed = [...(definition.environment ?? []), ...(override?.environment ?? [])];
  return {
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_REGION: region.name,
    AWS_DEFAULT_REGION: region.name,
    ...Object.fromEntries(listed.map(({ name, value }) => [name, value])),
    ECS_CONTAINER_METADATA_URI_V4: `${region.endpoint()}/v4/${runtimeId}`,
  };
}
