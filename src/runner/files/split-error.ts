/** Why a text cannot be split into statements, and where. */
export class SplitError extends Error {
  override readonly name = 'SplitError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
