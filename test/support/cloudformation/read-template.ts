import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse, type ScalarTag, type CollectionTag } from 'yaml';

import { projectDirectory } from '../programs.ts';

/** A CloudFormation template with its short forms (`!Ref x`) written out (`{ Ref: x }`). */
export interface Template {
  readonly Parameters: Readonly<Record<string, TemplateParameter>>;
  readonly Rules: Readonly<Record<string, TemplateRule>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Description?: string;
  readonly Default?: string | number;
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly AllowedValues?: readonly (string | number)[];
}

export interface TemplateRule {
  readonly RuleCondition?: unknown;
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription: string }[];
}

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: unknown;
}

export const templatePath = resolve(projectDirectory, 'infra/migration-task.yaml');

export function readTemplate(): Template {
  return parse(readFileSync(templatePath, 'utf8'), { customTags: shortForms(), merge: false }) as Template;
}

const functionNames = ['And', 'EachMemberEquals', 'Equals', 'GetAtt', 'If', 'Join', 'Not', 'Or', 'Sub', 'ValueOfAll'];

function shortForms(): (ScalarTag | CollectionTag)[] {
  return [
    { tag: '!Ref', resolve: (text: string) => ({ Ref: text }) },
    { tag: '!Condition', resolve: (text: string) => ({ Condition: text }) },
    ...functionNames.flatMap((name): (ScalarTag | CollectionTag)[] => [
      {
        tag: `!${name}`,
        resolve: (text: string) => ({ [`Fn::${name}`]: name === 'GetAtt' ? text.split('.') : text }),
      },
      {
        tag: `!${name}`,
        collection: 'seq',
        resolve: (sequence) => ({ [`Fn::${name}`]: (sequence as { toJSON: () => unknown }).toJSON() }),
      },
    ]),
  ];
}
