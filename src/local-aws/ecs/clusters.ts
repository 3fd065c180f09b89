import { AwsError } from '../aws-error.ts';
import type { Region } from '../region.ts';

export function clusterArn({ name: region, accountId }: Pick<Region, 'name' | 'accountId'>, name: string): string {
  return `arn:aws:ecs:${region}:${accountId}:cluster/${name}`;
}

/** Name of the cluster that a call means by name or ARN; without one the cluster `default`. @throws AwsError ClusterNotFoundException. */
export function findCluster(region: Region, nameOrArn = 'default'): string {
  const cluster = region.clusters.find((name) => name === nameOrArn || clusterArn(region, name) === nameOrArn);
  if (cluster === undefined) throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  return cluster;
}
