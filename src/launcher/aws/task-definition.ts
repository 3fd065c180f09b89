import type { ContainerDefinition as SdkContainer, TaskDefinition as SdkTaskDefinition } from '@aws-sdk/client-ecs';

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly logDriver: string | undefined;
  readonly logOptions: Readonly<Record<string, string>>;
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly restarts: boolean;
}

export interface TaskDefinition {
  readonly arn: string;
  /** `family:revision`. */
  readonly name: string;
  readonly family: string;
  readonly revision: number;
  /** `undefined`: X86_64, which is what Fargate takes then. */
  readonly architecture: string | undefined;
  readonly active: boolean;
  readonly containers: readonly ContainerDefinition[];
}

/** The SDK's task definition in our words. */
export function toTaskDefinition(definition: SdkTaskDefinition): TaskDefinition {
  const family = definition.family ?? '';
  return {
    arn: definition.taskDefinitionArn ?? '',
    name: `${family}:${definition.revision ?? '?'}`,
    family,
    revision: definition.revision ?? 0,
    architecture: definition.runtimePlatform?.cpuArchitecture,
    active: definition.status !== 'INACTIVE',
    containers: (definition.containerDefinitions ?? []).map(toContainer),
  };
}

function toContainer(container: SdkContainer): ContainerDefinition {
  return {
    name: container.name ?? '',
    image: container.image ?? '',
    // A container is essential unless the definition says otherwise.
    essential: container.essential !== false,
    logDriver: container.logConfiguration?.logDriver,
    logOptions: container.logConfiguration?.options ?? {},
    secrets: (container.secrets ?? []).map(({ name, valueFrom }) => ({ name: name ?? '', valueFrom: valueFrom ?? '' })),
    restarts: container.restartPolicy?.enabled === true,
  };
}
