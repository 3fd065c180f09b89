/** What is to be known of an address before a migration goes there, and what to name instead. */
export interface EndpointRemark {
  readonly about: 'pooler' | 'endpoint';
  readonly message: string;
  readonly hint: string;
}

/** Remarks on a host of RDS (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html). */
export function remarksOnEndpoint(host: string): readonly EndpointRemark[] {
  if (!/\.rds\.amazonaws\.com(?:\.cn)?\.?$/i.test(host)) return [];
  if (host.includes('.proxy-')) {
    return [
      {
        about: 'pooler',
        message: 'the host is an RDS Proxy, which pins a session that takes locks and sets options',
        hint: 'Name the instance or cluster endpoint for migrations.',
      },
    ];
  }
  if (host.includes('.cluster-ro-')) {
    return [
      {
        about: 'endpoint',
        message: 'the host is a reader endpoint, which leads to the writer only while the cluster has no reader',
        hint: 'Name the cluster endpoint, without "-ro-", for migrations.',
      },
    ];
  }
  return [];
}
