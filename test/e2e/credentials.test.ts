import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createLaunchSite, type LaunchSite } from '../support/launcher.ts';
import { hasTerminals } from '../support/terminal.ts';

const talking = {
  '20260101000001_talk.ts': `export const up = async ({ log }) => {
  for (let line = 0; line < 60; line += 1) {
    log('line ' + line);
    await new Promise((done) => setTimeout(done, 100));
  }
};`,
} as const;
const accessKeys = { local: { secretAccessKey: 'local' }, renewed: { secretAccessKey: 'renewed' } };
/** Nothing from the environment, so that the profile counts. */
const noKeys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
const running = /1 revision to apply|1\/1/;

/** From now on the first login has expired, as AWS says it. */
function expireFirstLogin({ aws }: LaunchSite): void {
  aws.setIntercept(({ accessKeyId }) =>
    accessKeyId === 'local'
      ? { status: 400, type: 'ExpiredTokenException', message: 'The security token included in the request is expired' }
      : undefined,
  );
}

interface Login {
  readonly site: LaunchSite;
  readonly env: Readonly<Record<string, string>>;
  readonly logIn: (key: 'local' | 'renewed') => Promise<void>;
}

/** The profile `ops` takes its keys from a program, as SSO helpers have it. */
async function withCredentialProcess(): Promise<Login> {
  const site = await createLaunchSite({ files: talking, accessKeys });
  const [config, keys] = [join(site.directory, 'aws-config'), join(site.directory, 'keys.json')];
  await writeFile(config, `[profile ops]\ncredential_process = cat ${keys}\n`);
  return {
    site,
    env: { ...noKeys, AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: join(site.directory, 'none') },
    logIn: (key) => writeFile(keys, JSON.stringify({ Version: 1, AccessKeyId: key, SecretAccessKey: key })),
  };
}

/** The profile `ops` has its keys in the credentials file, as many login tools write them. */
async function withCredentialsFile(): Promise<Login> {
  const site = await createLaunchSite({ files: talking, accessKeys });
  const file = join(site.directory, 'credentials');
  return {
    site,
    env: { ...noKeys, AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: join(site.directory, 'none') },
    logIn: (key) => writeFile(file, `[ops]\naws_access_key_id = ${key}\naws_secret_access_key = ${key}\n`),
  };
}

function expectEveryLineOnce(text: string): void {
  const seen = [...text.matchAll(/line (\d+)/g)].map(([, number]) => Number(number));
  expect(seen).toEqual(Array.from({ length: 60 }, (_, line) => line));
}

describe('credentials that expire during the wait', () => {
  it.each([
    ['a credential process', withCredentialProcess],
    ['the credentials file', withCredentialsFile],
  ])('are read anew from %s, and no line is lost or doubled', async (_, prepare) => {
    const { site, env, logIn } = await prepare();
    await logIn('local');
    const program = site.startLaunch(['development', '--profile', 'ops'], { env });
    await program.said(/line 5\b/);
    await logIn('renewed');
    expireFirstLogin(site);
    const { exitCode, stderr } = await program.finished;
    expect(exitCode, stderr).toBe(0);
    expect(site.aws.requests.at(-1)?.accessKeyId).toBe('renewed');
    expectEveryLineOnce(stderr);
    expect(stderr).toContain('the log is complete');
  });

  it('in CI: the outcome is unknown (125), never a failed migration, with the login and the way back', async () => {
    const { site, env, logIn } = await withCredentialsFile();
    await logIn('local');
    const program = site.startLaunch(['development', '--profile', 'ops', '--json'], { env: { ...env, CI: 'true' } });
    await program.said('line 5');
    expireFirstLogin(site);
    const { exitCode, stdout, stderr } = await program.finished;
    expect(exitCode).toBe(125);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'launch.finished',
      outcome: 'unknown',
      exitCode: 125,
      taskArn: expect.stringContaining('arn:aws:ecs:'),
    });
    expect(stderr).toContain('The AWS credentials have expired');
    expect(stderr).toContain('aws sso login --profile ops');
    expect(stderr).toMatch(/\$ launch-migration attach development [0-9a-f]{32} --profile ops\n/);
  });

  it.skipIf(!hasTerminals)('on a terminal: says the login once, waits, and goes on where it was', async () => {
    const { site, env, logIn } = await withCredentialsFile();
    await logIn('local');
    const program = site.startOnTerminal(['development', '--profile', 'ops'], {
      env: { ...env, LAUNCH_MIGRATION_LOGIN_POLL_MS: '300' },
    });
    await program.shown(/line 5\b/);
    expireFirstLogin(site);
    await program.shown('aws sso login --profile ops');
    await new Promise((done) => setTimeout(done, 1_500));
    await logIn('renewed');
    const { exitCode, screen } = await program.finished;
    expect(exitCode, screen).toBe(0);
    expect(screen.split('aws sso login')).toHaveLength(2);
    expect(screen).toContain('The AWS credentials work again');
    expectEveryLineOnce(screen);
  });

  it('a session that ends before --timeout is told in advance', async () => {
    const site = await createLaunchSite({ files: { '20260101000001_a.sql': '-- migrate:up\nSELECT 1;\n' } });
    const env = { AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + 30 * 60_000).toISOString() };
    const short = await site.launch(['development', '--timeout', '2h'], { env });
    expect(short.stderr).toMatch(
      /warning: The AWS session ends at .* UTC, in 29 min \d+ s, before --timeout \(2 h 0 min\).*\n(.*\n)*Task arn/,
    );
    expect((await site.launch(['development', '--timeout', '10m'], { env })).stderr).not.toContain('session ends');
  });
});

describe('a launcher that was paused, as by a laptop’s sleep', () => {
  it('says for how long, catches up, and takes the end that it slept over for the result', async () => {
    const site = await createLaunchSite({ files: talking });
    const program = site.startLaunch(['development', '--timeout', '9s'], {
      env: { LAUNCH_MIGRATION_SLEEP_JUMP_MS: '3000' },
    });
    await program.said(running);
    program.child.kill('SIGSTOP');
    await site.aws.idle();
    await new Promise((done) => setTimeout(done, 4_000));
    program.child.kill('SIGCONT');
    const { exitCode, stderr } = await program.finished;
    expect(stderr).toMatch(/Resumed after \d+(\.\d+)? ?s; catching up/);
    expectEveryLineOnce(stderr);
    expect(exitCode).toBe(0);
  });

  it('a network that is away for a while ends nothing', async () => {
    const site = await createLaunchSite({ files: talking });
    const program = site.startLaunch(['development']);
    await program.said(/line 5\b/);
    site.aws.setIntercept(() => ({ resetConnection: true }));
    await new Promise((done) => setTimeout(done, 5_000));
    site.aws.setIntercept(undefined);
    const { exitCode, stderr } = await program.finished;
    expect(exitCode).toBe(0);
    expectEveryLineOnce(stderr);
  });
});
