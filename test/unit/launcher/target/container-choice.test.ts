import { describe, expect, it } from 'vitest';
import { chooseContainer } from '../../../../src/launcher/target/container-choice.ts';
import { containerDefinition, taskDefinition } from '../support.ts';

const agent = containerDefinition({ name: 'agent' });
const migration = containerDefinition();

describe('chooseContainer', () => {
  it('takes the only one, whatever its name', () => {
    expect(chooseContainer(taskDefinition([agent]), undefined).container.name).toBe('agent');
  });

  it('takes MigrationContainer among several, wherever it stands', () => {
    expect(chooseContainer(taskDefinition([agent, migration]), undefined).container.name).toBe('MigrationContainer');
  });

  it('takes the only essential one when none has the name', () => {
    const side = containerDefinition({ name: 'side', essential: false });
    expect(chooseContainer(taskDefinition([side, agent]), undefined).container.name).toBe('agent');
  });

  it('takes the one that is asked for, or lists what there is', () => {
    const definition = taskDefinition([agent, migration]);
    expect(chooseContainer(definition, { value: 'agent', source: '--container' })).toMatchObject({
      source: '--container',
    });
    expect(() => chooseContainer(definition, { value: 'nope', source: '--container' })).toThrow(
      /no container nope .*agent, MigrationContainer/,
    );
  });

  it('does not guess between two essential ones', () => {
    const other = containerDefinition({ name: 'other' });
    expect(() => chooseContainer(taskDefinition([agent, other]), undefined)).toThrow(
      expect.objectContaining({ exitCode: 2 }),
    );
  });
});
