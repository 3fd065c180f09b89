import type { Stack } from '../account.ts';
import { hexOf, logicalId } from './identifiers.ts';
import { stackId, type Home, type WumboEnvironment, type WumboNames } from './wumbo-environment.ts';

/** The stacks that a migration does not need, with a few plausible outputs: Ecr, Database, Cache and Monitoring. */
export function wumboOtherStacks(home: Home, { database }: WumboEnvironment, names: WumboNames): readonly Stack[] {
  const { environment } = names;
  const registry = `${home.accountId}.dkr.ecr.${home.region}.amazonaws.com`;
  const outputs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    EcrStack: {
      BackendRepositoryUri: `${registry}/${environment}-wumbo-backend`,
      MigrationRepositoryUri: `${registry}/${environment}-wumbo-migration`,
    },
    DatabaseStack: {
      DatabaseEndpoint: database.host,
      DatabasePort: String(database.port),
      DatabaseSecretArn: names.databaseSecretArn,
      DatabaseName: database.dbname,
    },
    CacheStack: {
      RedisEndpoint: `${environment}-wumbo-redis.${hexOf(environment, 6)}.0001.use1.cache.amazonaws.com`,
      RedisPort: '6379',
    },
    MonitoringStack: { AlertTopicArn: `arn:aws:sns:${home.region}:${home.accountId}:${environment}-wumbo-alerts` },
  };
  const mainResource: Readonly<Record<string, readonly [name: string, type: string, physicalId: string]>> = {
    EcrStack: ['MigrationRepository', 'AWS::ECR::Repository', `${environment}-wumbo-migration`],
    DatabaseStack: ['Database', 'AWS::RDS::DBInstance', `${environment}-wumbo-db`],
    CacheStack: ['RedisCluster', 'AWS::ElastiCache::CacheCluster', `${environment}-wumbo-redis`],
    MonitoringStack: ['Dashboard', 'AWS::CloudWatch::Dashboard', `${environment}-wumbo`],
  };
  return Object.entries(outputs).map(([kind, values]) => {
    const name = `${environment}-${kind}`;
    const [resourceName = '', type = '', physicalId = ''] = mainResource[kind] ?? [];
    const securityGroup = {
      logicalId: logicalId('DatabaseSecurityGroup'),
      physicalId: names.databaseSecurityGroupId,
      type: 'AWS::EC2::SecurityGroup',
    };
    return {
      name,
      id: stackId(home, name),
      status: 'UPDATE_COMPLETE',
      outputs: Object.entries(values).map(([key, value]) => ({ key, value, exportName: `${name}-${key}` })),
      resources: [
        { logicalId: logicalId(resourceName), physicalId, type },
        ...(kind === 'DatabaseStack' ? [securityGroup] : []),
      ],
    };
  });
}
