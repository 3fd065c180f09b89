import type { TaskDefinitionParameters } from './ecs/task-definition.ts';
import type { PolicyDocument } from './iam/policy.ts';

/** What an AWS account holds before anybody calls it, as plain data: one region, no behaviour. */
export interface Account {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
  /** Who may call, by access key id. */
  readonly accessKeys: Readonly<Record<string, AccessKey>>;
  readonly stacks: readonly Stack[];
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
  /** Cluster names. */
  readonly clusters: readonly string[];
  readonly services: readonly Service[];
  readonly taskDefinitions: readonly TaskDefinitionDescription[];
  /** Log group names. */
  readonly logGroups: readonly string[];
  readonly secrets: readonly Secret[];
  /** What stands for an image, by its exact reference or by its repository name without registry, tag and digest. */
  readonly images: Readonly<Record<string, ImageProgram | DockerImage>>;
}

export interface AccessKey {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** What the key's owner may do; everything when it is absent. */
  readonly policy?: PolicyDocument;
}

export interface Stack {
  readonly name: string;
  readonly id: string;
  /** e.g. `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly statusReason?: string;
  readonly outputs: readonly StackOutput[];
  readonly resources: readonly StackResource[];
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly exportName?: string;
  readonly description?: string;
}

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  /** e.g. `AWS::EC2::Subnet`. */
  readonly type: string;
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
}

export interface SecurityGroup {
  readonly id: string;
  readonly vpcId: string;
}

export interface Service {
  readonly name: string;
  readonly cluster: string;
  readonly taskDefinitionArn: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

/** A task definition as registered, with the revision number that it has. */
export interface TaskDefinitionDescription extends TaskDefinitionParameters {
  readonly revision: number;
  readonly status?: 'ACTIVE' | 'INACTIVE';
}

export interface Secret {
  /** With the six random characters that Secrets Manager adds to the name. */
  readonly arn: string;
  readonly value: string;
}

/** An image of a Docker engine, whose container really runs. */
export interface DockerImage {
  /** By the name that the engine knows, e.g. `wumbo-migrations:local`. */
  readonly dockerImage: string;
  readonly engine: EngineEnvironment;
}

/** Environment of the docker program: PATH, and what says where the engine is (DOCKER_HOST …). */
export type EngineEnvironment = Readonly<Record<string, string | undefined>>;

/** The program that runs as a process of this machine when a container of this image starts. */
export interface ImageProgram {
  readonly entrypoint: readonly string[];
  /** The image's CMD. */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** `sha256:` and 64 hex characters; by default made from the name. */
  readonly digest?: string;
}
