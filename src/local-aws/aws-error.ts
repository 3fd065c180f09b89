/** A refusal in AWS's words: the protocols write it as `__type` (JSON) or `<Code>` (XML). */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly type: string;
  readonly status: number;
  /** Members of the error's shape beyond its message, e.g. `resourceIds` of ECS's ConflictException. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    type: string,
    message: string,
    { status = 400, members = {} }: { status?: number; members?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.type = type;
    this.status = status;
    this.members = members;
  }
}
