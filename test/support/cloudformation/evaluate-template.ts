import type { Template } from './read-template.ts';

/** What CloudFormation makes of a template with these parameters. */
export interface EvaluatedStack {
  readonly resources: Readonly<Record<string, EvaluatedResource>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** What the template's Rules say against these parameters; CloudFormation refuses them then. */
  readonly violations: readonly string[];
}

export interface EvaluatedResource {
  readonly type: string;
  readonly physicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface StackSettings {
  readonly stackName: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** `Ref` of a resource. */
  readonly physicalId: (logicalId: string, type: string) => string;
  /** `Fn::GetAtt` of a resource. */
  readonly attribute: (logicalId: string, attribute: string) => string;
}

const absent = Symbol('AWS::NoValue');

/** Evaluates conditions and intrinsic functions. @throws Error for a reference to nothing, as CloudFormation refuses the template. */
export function evaluateTemplate(template: Template, settings: StackSettings): EvaluatedStack {
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': '123456789012',
    'AWS::Region': 'us-east-1',
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': settings.stackName,
    'AWS::NoValue': absent,
  };

  const isMet = (condition: string | undefined): boolean =>
    condition === undefined || valueOf(template.Conditions[condition]) === true;

  const refer = (name: string): unknown => {
    if (name in pseudo) return pseudo[name];
    const parameter = template.Parameters[name];
    if (parameter) {
      const value = settings.parameters[name] ?? parameter.Default;
      if (value === undefined) throw new Error(`the parameter ${name} has no value`);
      return parameter.Type.startsWith('List<') ? String(value).split(',') : String(value);
    }
    const resource = template.Resources[name];
    if (!resource || !isMet(resource.Condition)) throw new Error(`${name} refers to nothing`);
    return settings.physicalId(name, resource.Type);
  };

  const attributeOf = (name: string, attribute: string): string => {
    if (!template.Resources[name] || !isMet(template.Resources[name].Condition))
      throw new Error(`${name} refers to nothing`);
    return settings.attribute(name, attribute);
  };

  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => refer(String(name)),
    Condition: (name) => isMet(String(name)),
    'Fn::Equals': (pair) => {
      const [left, right] = listOf(pair).map(valueOf);
      return left === right;
    },
    'Fn::Not': (list) => !valueOf(listOf(list)[0]),
    'Fn::And': (list) => listOf(list).every((item) => valueOf(item) === true),
    'Fn::Or': (list) => listOf(list).some((item) => valueOf(item) === true),
    'Fn::If': (list) => {
      const [condition, whenMet, otherwise] = listOf(list);
      return valueOf(isMet(String(condition)) ? whenMet : otherwise);
    },
    // Asks EC2 for the subnets' VPC; here they are right.
    'Fn::EachMemberEquals': () => true,
    'Fn::Join': (list) => {
      const [separator, items] = listOf(list);
      return listOf(valueOf(items)).map(valueOf).join(String(separator));
    },
    'Fn::GetAtt': (path) => {
      const [name, ...attribute] = listOf(path).map(String);
      return attributeOf(name ?? '', attribute.join('.'));
    },
    'Fn::Sub': (text) =>
      String(text).replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
        const [resource = '', attribute] = name.split('.');
        return attribute === undefined ? String(refer(name)) : attributeOf(resource, attribute);
      }),
  };

  function valueOf(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(valueOf).filter((item) => item !== absent);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    const apply = entries.length === 1 && first ? functions[first[0]] : undefined;
    if (apply && first) return apply(first[1]);
    return Object.fromEntries(
      entries.map(([key, member]) => [key, valueOf(member)]).filter(([, member]) => member !== absent),
    );
  }

  const existing = Object.entries(template.Resources).filter(([, { Condition }]) => isMet(Condition));
  return {
    resources: Object.fromEntries(
      existing.map(([name, { Type: type, Properties = {} }]) => [
        name,
        {
          type,
          physicalId: settings.physicalId(name, type),
          properties: valueOf(Properties) as Readonly<Record<string, unknown>>,
        },
      ]),
    ),
    outputs: Object.fromEntries(
      Object.entries(template.Outputs)
        .filter(([, { Condition }]) => isMet(Condition))
        .map(([name, { Value }]) => [name, String(valueOf(Value))]),
    ),
    violations: Object.values(template.Rules)
      .filter(({ RuleCondition: condition }) => condition === undefined || valueOf(condition) === true)
      .flatMap(({ Assertions: assertions }) => assertions)
      .filter(({ Assert: assertion }) => valueOf(assertion) !== true)
      .map(({ AssertDescription: description }) => description),
  };
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${JSON.stringify(value)} is not a list`);
  return value;
}
