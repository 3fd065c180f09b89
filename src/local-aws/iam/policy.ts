/** An IAM policy document, as far as an identity's permissions for this stand-in need one. */
export interface PolicyDocument {
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  /** By operator, then by key: all keys must match, one value of each suffices. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** One thing that a call needs to be allowed to do. */
export interface Permission {
  /** e.g. `ecs:RunTask`. */
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the call carries, e.g. `ecs:cluster`. */
  readonly context: Readonly<Record<string, string>>;
}

/** Whether the policy allows it: some statement does, and none denies it (IAM user guide, "Policy evaluation logic"). */
export function isAllowed({ Statement: statements }: PolicyDocument, permission: Permission): boolean {
  const applying = statements.filter((statement) => appliesTo(statement, permission));
  return applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny');
}

function appliesTo(statement: PolicyStatement, { action, resource, context }: Permission): boolean {
  return (
    listOf(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    listOf(statement.Resource).some((pattern) => matches(pattern, resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, context[key], listOf(values))),
    )
  );
}

/** @throws Error for an operator that this stand-in does not know: a guess would make a test of a policy worthless. */
function holds(operator: string, value: string | undefined, expected: readonly string[]): boolean {
  if (!['StringEquals', 'StringLike', 'ArnEquals', 'ArnLike'].includes(operator))
    throw new Error(`The stand-in knows no condition operator ${operator}.`);
  if (value === undefined) return false;
  return expected.some((pattern) => (operator === 'StringEquals' ? pattern === value : matches(pattern, value)));
}

/** `*` is any text and `?` any character, in ARNs too. */
function matches(pattern: string, value: string): boolean {
  const parts = pattern
    .split('*')
    .map((part) => part.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('?', '.'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(value);
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
