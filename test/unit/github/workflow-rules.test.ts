import { describe, expect, it } from 'vitest';

import { checkAction, checkWorkflow } from '../../support/workflows/workflow-rules.ts';

const sound = `
name: Sound
on: push
permissions: {}
concurrency:
  group: sound
  cancel-in-progress: false
defaults:
  run:
    shell: bash
jobs:
  first:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          persist-credentials: false
      - name: Greet
        env:
          WHO: \${{ github.event.head_commit.message }}
        run: echo "$WHO"
  second:
    needs: first
    runs-on: ubuntu-latest
    environment: production
    timeout-minutes: 5
    permissions:
      id-token: write
    steps:
      - run: echo done
`;

const soundAction = `
name: Sound
description: An action
inputs:
  who:
    description: Whom
    required: true
runs:
  using: composite
  steps:
    - shell: bash
      env:
        WHO: \${{ inputs.who }}
      run: echo "$WHO"
`;

describe('checkWorkflow', () => {
  it('finds nothing wrong with a sound workflow', async () => {
    expect(await checkWorkflow('sound.yml', sound)).toEqual([]);
  });

  it.each([
    ['a key that GitHub does not know', 'timeout-minutes: 5', 'timeout-minuts: 5', 'timeout-minuts'],
    ['a job that does not exist', 'needs: first', 'needs: frist', 'frist'],
    ['an unknown context', 'github.event.head_commit.message', 'gitub.event', 'gitub'],
    [
      'an expression in a script',
      'echo "$WHO"',
      'echo "${{ github.event.head_commit.message }}"',
      'pass it through env',
    ],
    ['an output in a script', 'echo "$WHO"', 'echo "${{ github.ref_name }}"', 'pass it through env'],
    ['a script that bash cannot read', 'echo "$WHO"', 'echo "$WHO', 'unexpected EOF'],
    ['rights for every job', 'permissions: {}', 'permissions: { contents: read }', 'permissions: {}'],
    ['all rights', 'permissions:\n      contents: read', 'permissions: write-all', 'write-all'],
    ['a job that does not say its rights', '    permissions:\n      contents: read\n', '', 'job first does not say'],
    [
      'a job without an end',
      '    timeout-minutes: 5\n    permissions:\n      contents',
      '    permissions:\n      contents',
      'job first has no timeout',
    ],
    [
      'no concurrency',
      'concurrency:\n  group: sound\n  cancel-in-progress: false\n',
      '',
      'job first has no concurrency',
    ],
    [
      'a deployment that may be cancelled',
      'cancel-in-progress: false',
      'cancel-in-progress: true',
      'job second changes an environment',
    ],
    ['a login without protection', '    environment: production\n', '', 'job second may log in'],
    ['an action by its tag', '@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0', '@v5', 'checkout@v5 is not pinned'],
    ['a commit without its version', ' # v5.0.0', '', 'is not pinned'],
    ['a token left behind', 'persist-credentials: false', 'fetch-depth: 0', 'leaves its token'],
    ['a shell that ignores failing pipes', 'shell: bash', 'shell: sh', 'a failing pipe'],
    [
      'a secret for every step',
      'permissions: {}',
      'env: { TOKEN: "${{ secrets.TOKEN }}" }\npermissions: {}',
      'every step a secret',
    ],
  ])('finds %s', async (_, right, wrong, problem) => {
    expect(sound).toContain(right);
    const problems = await checkWorkflow(
      'wrong.yml',
      sound.replace(right, () => wrong),
    );
    expect(problems.join('\n')).toContain(problem);
  });
});

describe('checkAction', () => {
  it('finds nothing wrong with a sound action', () => {
    expect(checkAction('action.yml', soundAction)).toEqual([]);
  });

  it.each([
    ['an input in a script', 'echo "$WHO"', 'echo "${{ inputs.who }}"', 'pass it through env'],
    ['a step without a shell', 'shell: bash\n      env', 'env', 'shell'],
    ['an unknown key', 'using: composite', 'using: composite\n  uzing: x', 'uzing'],
    ['an action by its tag', '    - shell', '    - uses: actions/setup-node@v5\n    - shell', 'is not pinned'],
  ])('finds %s', (_, right, wrong, problem) => {
    expect(soundAction).toContain(right);
    expect(
      checkAction(
        'action.yml',
        soundAction.replace(right, () => wrong),
      ).join('\n'),
    ).toContain(problem);
  });
});
