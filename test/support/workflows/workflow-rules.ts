import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';

import { loadGitHubParser } from './github-parser.ts';

const { convertWorkflowTemplate, NoOperationTraceWriter, parseAction, parseWorkflow } = await loadGitHubParser();

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: unknown;
  readonly permissions?: unknown;
  readonly concurrency?: Concurrency | string;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly permissions?: unknown;
  readonly concurrency?: Concurrency | string;
  readonly defaults?: { readonly run?: { readonly shell?: string } };
  readonly env?: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Concurrency {
  readonly 'cancel-in-progress'?: unknown;
}

/** What is wrong with a workflow: by GitHub's own schema, then by our rules. Each problem names the job or step. */
export async function checkWorkflow(name: string, content: string): Promise<readonly string[]> {
  const schemaProblems = await checkWorkflowSchema(name, content);
  if (schemaProblems.length > 0) return schemaProblems;
  const workflow = parse(content) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  return [
    ...checkPins(content),
    ...checkPermissions(workflow),
    ...(workflow.defaults?.run?.shell === 'bash' ? [] : ['defaults.run.shell is not bash: a failing pipe would pass']),
    ...(JSON.stringify(workflow.env ?? {}).includes('secrets.')
      ? ['env of the workflow gives every step a secret']
      : []),
    ...jobs.flatMap(([id, job]) => [
      ...checkJob(id, job, workflow),
      ...(job.steps ?? []).flatMap((step) => checkStep(`job ${id}, ${nameOf(step)}`, step)),
    ]),
  ];
}

/** The same for a composite action. */
export function checkAction(name: string, content: string): readonly string[] {
  const { context } = parseAction({ name, content }, new NoOperationTraceWriter());
  const schemaProblems = context.errors.getErrors().map(({ message }) => message);
  if (schemaProblems.length > 0) return schemaProblems;
  const { runs } = parse(content) as { readonly runs: { readonly steps: readonly Step[] } };
  return [...checkPins(content), ...runs.steps.flatMap((step) => checkStep(nameOf(step), step))];
}

async function checkWorkflowSchema(name: string, content: string): Promise<readonly string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const problems = context.errors.getErrors().map(({ message }) => message);
  if (problems.length > 0 || !value) return problems;
  // It knows whether the jobs of `needs` exist, and whether they go round in a circle.
  const { errors = [] } = await convertWorkflowTemplate(context, value);
  return errors.map(({ Message: message }) => message);
}

/** A tag can be moved to other code; a commit cannot. The comment says which release it is. */
function checkPins(content: string): readonly string[] {
  return [...content.matchAll(/^\s*(?:- )?uses: (\S+)(.*)$/gm)]
    .filter(([, action = '']) => !action.startsWith('./'))
    .filter(([, action = '', comment = '']) => !/@[0-9a-f]{40}$/.test(action) || !/^ # v\d+\.\d+\.\d+$/.test(comment))
    .map(([, action = '']) => `${action} is not pinned to a commit with its version behind it`);
}

function checkPermissions({ permissions, jobs }: Workflow): readonly string[] {
  const isNothing = JSON.stringify(permissions) === '{}';
  const broad = [permissions, ...Object.values(jobs).map((job) => job.permissions)].filter(
    (value): value is string => typeof value === 'string',
  );
  return [
    ...(isNothing ? [] : ['the workflow does not begin with `permissions: {}`']),
    ...broad.map((value) => `permissions ${value} are more than any job needs`),
    ...Object.entries(jobs)
      .filter(([, job]) => job.permissions === undefined)
      .map(([id]) => `job ${id} does not say which permissions it needs`),
  ];
}

function checkJob(id: string, job: Job, workflow: Workflow): readonly string[] {
  const ownSteps = job.uses === undefined;
  const concurrency = [job.concurrency, workflow.concurrency].filter((value) => value !== undefined);
  const cancels = concurrency.some((value) => typeof value === 'string' || value['cancel-in-progress'] !== false);
  return [
    ...(ownSteps && job['timeout-minutes'] === undefined ? [`job ${id} has no timeout-minutes`] : []),
    ...(concurrency.length === 0 ? [`job ${id} has no concurrency`] : []),
    ...(job.environment !== undefined && cancels
      ? [`job ${id} changes an environment and may be cancelled for another run`]
      : []),
    ...(JSON.stringify(job.permissions ?? {}).includes('"id-token":"write"') &&
    ownSteps &&
    !job.environment &&
    !isAttesting(job)
      ? [`job ${id} may log in to a cloud and has no environment to protect it`]
      : []),
  ];
}

/** An attestation is signed with an identity too, and reaches no cloud. */
function isAttesting({ steps = [] }: Job): boolean {
  return steps.some(({ uses = '' }) => uses.startsWith('actions/attest-'));
}

function checkStep(place: string, step: Step): readonly string[] {
  const { run, uses = '' } = step;
  const keepsToken = uses.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false;
  return [
    ...(keepsToken ? [`${place}: checkout leaves its token in .git/config`] : []),
    ...(run === undefined ? [] : checkScript(place, run)),
  ];
}

function checkScript(place: string, run: string): readonly string[] {
  const expressions = [...run.matchAll(/\$\{\{(.*?)\}\}/gs)].map(([, expression = '']) => expression.trim());
  const { status, stderr } = spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' });
  return [
    ...expressions.map((expression) => `${place}: ${expression} becomes a part of the script; pass it through env`),
    ...(status === 0 ? [] : [`${place}: ${stderr.trim()}`]),
  ];
}

function nameOf({ name, id, uses, run }: Step): string {
  return `step "${name ?? id ?? uses ?? run?.split('\n')[0] ?? ''}"`;
}
