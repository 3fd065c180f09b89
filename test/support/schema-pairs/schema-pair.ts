/** Two schemas that revisions must lead between, in both directions. */
export interface SchemaPair {
  readonly name: string;
  /** What both have. */
  readonly common?: string;
  readonly one: string;
  readonly other: string;
  /** Said on the command line: how values become another type. */
  readonly usings?: readonly string[];
  /** What is answered where there can be no proof, by direction; without it there must be one. */
  readonly objection?: { readonly forth?: RegExp; readonly back?: RegExp };
}
