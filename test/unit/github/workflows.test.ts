import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { parseDuration } from '../../../src/contract/duration.ts';
import { visibleOptions } from '../../../src/launcher/command-line/command-line.ts';
import { readSettings } from '../../../src/launcher/settings/settings.ts';
import { projectDirectory } from '../../support/programs.ts';
import { checkAction, checkWorkflow } from '../../support/workflows/workflow-rules.ts';

const read = (path: string): string => readFileSync(resolve(projectDirectory, path), 'utf8');
const workflows = [
  ...readdirSync(resolve(projectDirectory, '.github/workflows')).map((name) => `.github/workflows/${name}`),
  'docs/examples/deploy.yml',
  'docs/examples/reviewed-plan.yml',
];
const { version } = JSON.parse(read('package.json')) as { readonly version: string };

describe('our workflows', () => {
  it.each(workflows)('%s is sound', async (path) => {
    expect(await checkWorkflow(path, read(path))).toEqual([]);
  });

  it('action.yml is sound', () => {
    expect(checkAction('action.yml', read('action.yml'))).toEqual([]);
  });

  it('take the same commit of an action everywhere', () => {
    const pins = workflows.flatMap((path) => [...read(path).matchAll(/uses: ([^@\s]+)@(\S+)/g)]);
    const commits = Map.groupBy(pins, ([, action = '']) => action);
    for (const [action, found] of commits) expect(new Set(found.map(([, , sha]) => sha)).size, action).toBe(1);
  });
});

describe('the reusable workflow', () => {
  const workflow = parse(read('.github/workflows/migrate.yml')) as {
    readonly on: Readonly<
      Record<'workflow_dispatch' | 'workflow_call', { readonly inputs: Readonly<Record<string, unknown>> }>
    >;
    readonly jobs: {
      readonly migrate: {
        readonly env: Readonly<Record<string, string>>;
        readonly 'timeout-minutes': number;
        readonly concurrency: unknown;
        readonly environment: string;
        readonly steps: readonly { readonly with?: Readonly<Record<string, number>> }[];
      };
    };
  };
  const { migrate } = workflow.jobs;

  it('can be run by hand for the three environments, and be called with the same inputs', () => {
    const { workflow_dispatch: byHand, workflow_call: called } = workflow.on;
    expect(byHand.inputs['environment']).toMatchObject({ options: ['development', 'staging', 'production'] });
    expect(Object.keys(called.inputs)).toEqual(Object.keys(byHand.inputs));
  });

  it('waits in GitHub longer than the launcher waits, and its credentials outlive both', () => {
    const launcherMs = parseDuration(migrate.env['LAUNCH_MIGRATION_TIMEOUT'] ?? '') ?? 0;
    const jobMs = migrate['timeout-minutes'] * 60_000;
    const credentialMs = (migrate.steps[0]?.with?.['role-duration-seconds'] ?? 0) * 1_000;
    expect(launcherMs).toBeGreaterThan(0);
    expect(jobMs).toBeGreaterThan(launcherMs);
    expect(credentialMs).toBeGreaterThan(jobMs);
    // LauncherRole's MaxSessionDuration, else AWS refuses the login.
    expect(read('infra/migration-task.yaml')).toContain(`MaxSessionDuration: ${credentialMs / 1_000}`);
  });

  it('lets one run per environment at a time, cancels none and loses none', () => {
    expect(migrate.concurrency).toEqual({
      group: 'migrate-${{ inputs.environment }}',
      'cancel-in-progress': false,
      queue: 'max',
    });
    expect(migrate.environment).toBe('${{ inputs.environment }}');
  });

  it('installs this version of the launcher', () => {
    expect(migrate.env['LAUNCHER']).toBe(`wumbo-migrations@${version}`);
  });
});

describe('what the workflow and the action hand to the launcher', () => {
  it.each(['.github/workflows/migrate.yml', 'action.yml'])('in %s is known to it', (path) => {
    const variables = [...new Set(read(path).match(/LAUNCH_MIGRATION_\w+/g))];
    expect(variables.length).toBeGreaterThan(1);
    const values: Readonly<Record<string, string>> = { TIMEOUT: '1m', ON_INTERRUPT: 'detach', YES: 'false' };
    const environment = Object.fromEntries(
      variables.map((name) => [name, values[name.replace('LAUNCH_MIGRATION_', '')] ?? 'x']),
    );
    expect(() => readSettings({}, environment)).not.toThrow();
  });

  it('action.yml takes this version, and its other inputs are options of the launcher', () => {
    const { inputs } = parse(read('action.yml')) as {
      readonly inputs: Readonly<Record<string, { default?: unknown }>>;
    };
    expect(inputs['version']?.default).toBe(version);
    const options = visibleOptions().map(({ flags }) => flags.split(' ')[0]);
    for (const name of ['region', 'timeout', 'on-interrupt']) expect(options).toContain(`--${name}`);
  });
});
