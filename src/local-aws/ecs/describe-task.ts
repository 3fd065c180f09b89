import type { Container, Task } from './task.ts';

/** The `Task` shape of answers (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html). */
export function describeTask(task: Task, now: number): object {
  const { definition, overrides, times } = task;
  return {
    attachments: [
      {
        id: task.attachmentId,
        type: 'ElasticNetworkInterface',
        status: task.attachmentStatus,
        details: [
          { name: 'subnetId', value: task.subnetId },
          ...(task.attachmentStatus === 'PRECREATED'
            ? []
            : [
                { name: 'networkInterfaceId', value: `eni-0${task.id.slice(0, 16)}` },
                { name: 'macAddress', value: `0e:${task.id.slice(0, 10).replace(/(..)(?=.)/g, '$1:')}` },
                { name: 'privateIPv4Address', value: task.privateAddress },
              ]),
        ],
      },
    ],
    attributes: [
      { name: 'ecs.cpu-architecture', value: definition.runtimePlatform?.cpuArchitecture?.toLowerCase() ?? 'x86_64' },
    ],
    availabilityZone: task.availabilityZone,
    clusterArn: task.clusterArn,
    ...(times.connectivityAt === undefined ? {} : { connectivity: 'CONNECTED' }),
    containers: [
      ...(task.faults.injectedSidecar ? [describeInjected(task)] : []),
      ...task.containers.map((container) => describeContainer(task, container, now)),
    ],
    cpu: overrides.cpu ?? definition.cpu,
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: false,
    group: task.group,
    healthStatus: 'UNKNOWN',
    inferenceAccelerators: [],
    lastStatus: task.lastStatus,
    ...task.launch,
    memory: overrides.memory ?? definition.memory,
    overrides: {
      ...overrides,
      containerOverrides: overrides.containerOverrides ?? [],
      inferenceAcceleratorOverrides: [],
    },
    platformVersion: task.platformVersion,
    platformFamily: 'Linux',
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    tags: [],
    taskArn: task.arn,
    taskDefinitionArn: definition.arn,
    version: task.version,
    ephemeralStorage: { sizeInGiB: definition.ephemeralStorage?.sizeInGiB ?? 20 },
    // Times are JSON numbers: seconds since the epoch with a fraction.
    ...Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, Number(ms) / 1_000])),
  };
}

function describeContainer(task: Task, container: Container, now: number): object {
  const { definition } = container;
  const showsExitCode = now >= (container.stoppedAt ?? now) + task.faults.exitCodeDelayMs;
  return {
    containerArn: container.arn,
    taskArn: task.arn,
    name: definition.name,
    image: definition.image,
    imageDigest: container.imageDigest,
    runtimeId: container.runtimeId,
    lastStatus: container.lastStatus,
    exitCode: showsExitCode ? container.exitCode : undefined,
    reason: container.reason,
    networkBindings: [],
    networkInterfaces:
      task.attachmentStatus === 'PRECREATED'
        ? []
        : [{ attachmentId: task.attachmentId, privateIpv4Address: task.privateAddress }],
    healthStatus: 'UNKNOWN',
    cpu: String(definition.cpu ?? 0),
    ...(definition.memory === undefined ? {} : { memory: String(definition.memory) }),
    ...(definition.memoryReservation === undefined ? {} : { memoryReservation: String(definition.memoryReservation) }),
  };
}

/** What GuardDuty's runtime monitoring adds to a task on Fargate: it is in no task definition, and stands first. */
function describeInjected(task: Task): object {
  const hasEnded = task.lastStatus === 'DEPROVISIONING' || task.lastStatus === 'STOPPED';
  return {
    containerArn: `${task.clusterArn.replace(':cluster/', ':container/')}/${task.id}/aws-guardduty-agent`,
    taskArn: task.arn,
    name: 'aws-guardduty-agent-TRUbZmG',
    image: '593207742271.dkr.ecr.us-east-1.amazonaws.com/aws-guardduty-agent-fargate:v1.7.0-Fg_x86_64',
    lastStatus: hasEnded ? 'STOPPED' : 'PENDING',
    reason: 'CannotPullContainerError: pull image manifest has been retried 1 time(s)',
    networkBindings: [],
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: '0',
  };
}
