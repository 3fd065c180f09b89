/** What AWS says is missing. */
export interface Denial {
  /** e.g. `iam:PassRole`, which may be another action than the one that was called. */
  readonly action: string;
  /** The statement that allows it, as JSON for a policy. */
  readonly statement: string;
}

/** The right that is missing, from AWS's own sentence ("… is not authorized to perform: X on resource: Y because …"). */
export function parseDenial(reason: string, calledAction: string): Denial {
  const action = /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/i.exec(reason)?.[1] ?? calledAction;
  const resource = /on resource:? "?(arn:[^\s"]+)/i.exec(reason)?.[1]?.replace(/[.,;]$/, '') ?? '*';
  return { action, statement: JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource }) };
}
