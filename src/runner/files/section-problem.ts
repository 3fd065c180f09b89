/** Why a text is no revision, and where. */
export class SectionProblem extends Error {
  override readonly name = 'SectionProblem';
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(message: string, { offset, hint }: { readonly offset: number; readonly hint?: string | undefined }) {
    super(message);
    this.offset = offset;
    this.hint = hint;
  }
}
