/** What the parts of one environment are called. */
export interface Names {
  readonly computeStack: string;
  readonly securityStack: string;
  readonly cluster: string;
  readonly family: string;
  readonly backendService: string;
  /** Where the documentation says that the log is; `undefined` where there is no such documentation. */
  readonly documentedLogGroup: string | undefined;
  /** The compute stack's output for each value. */
  readonly outputs: OutputNames;
  /** Which of them somebody has set, and where; the others are convention. */
  readonly sources: Readonly<Partial<Record<'computeStack' | 'securityStack' | 'family' | 'backendService', string>>>;
}

export interface OutputNames {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly subnets: string;
  readonly securityGroups: string;
  readonly logGroup: string;
  readonly container: string;
}

/** The names that CDK gives this environment of Wumbo's. */
export function conventionalNames(environment: string): Names {
  return {
    computeStack: `${environment}-ComputeStack`,
    securityStack: `${environment}-SecurityStack`,
    cluster: `${environment}-wumbo-cluster`,
    family: `${environment}-wumbo-migration`,
    backendService: `${environment}-wumbo-backend`,
    // CDK never creates it; the old documentation names it.
    documentedLogGroup: `/aws/ecs/${environment}-wumbo-cluster/migration`,
    outputs: {
      cluster: 'ClusterName',
      taskDefinition: 'MigrationTaskDefinitionArn',
      subnets: 'MigrationSubnetIds',
      securityGroups: 'MigrationSecurityGroupId',
      logGroup: 'MigrationLogGroupName',
      container: 'MigrationContainerName',
    },
    sources: {},
  };
}
