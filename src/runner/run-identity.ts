import type { RunIdentity } from './database/record/record-tables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Who runs this, for the record: from the variables, and inside ECS from the task metadata endpoint (version 4). What cannot
 * be found out is left out; a run never fails for it.
 */
export async function readRunIdentity({
  runId,
  toolVersion,
  environment,
}: {
  runId: string;
  toolVersion: string;
  environment: Environment;
}): Promise<RunIdentity> {
  const metadataUrl = environment['ECS_CONTAINER_METADATA_URI_V4'];
  const [task, container] =
    metadataUrl === undefined ? [] : await Promise.all([readJson(`${metadataUrl}/task`), readJson(metadataUrl)]);
  return {
    runId,
    toolVersion,
    launchedBy: environment['MIGRATE_LAUNCHED_BY'] ?? environment['GITHUB_ACTOR'] ?? environment['USER'],
    gitSha: environment['MIGRATE_GIT_SHA'] ?? environment['GITHUB_SHA'],
    imageDigest: textField(container, 'ImageID'),
    taskArn: textField(task, 'TaskARN'),
  };
}

function textField(value: unknown, field: string): string | undefined {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The JSON behind the URL, or `undefined` after any trouble or one second. */
async function readJson(url: string): Promise<unknown> {
  const { get } = await import('node:http');
  return new Promise((resolve) => {
    const request = get(url, { timeout: 1_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')));
        } catch {
          resolve(undefined);
        }
      });
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}
