/** What the command line asks for. */
export type Invocation =
  | { readonly command: 'upgrade'; readonly target: string; readonly allowOutOfOrder: boolean }
  | { readonly command: 'downgrade' | 'show'; readonly target: string }
  | { readonly command: 'check' | 'current' | 'heads' | 'lock' }
  | {
      readonly command: 'history';
      readonly range: string | undefined;
      readonly detailed: boolean;
      readonly indicateCurrent: boolean;
    }
  | { readonly command: 'stamp'; readonly target: string; readonly reason: string }
  | { readonly command: 'revision'; readonly message: string; readonly format: 'sql' | 'ts' };
