import type { ServiceName } from './http/service-name.ts';

/** A call that the stand-in received and could attribute to a caller. */
export interface ReceivedRequest {
  readonly service: ServiceName;
  readonly operation: string;
  readonly region: string;
  /** Whose credentials signed it. */
  readonly accessKeyId: string;
  /** When it arrived, milliseconds since the epoch. */
  readonly time: number;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * What to do to a call instead of, or around, answering it: the seam for faults. `undefined` answers it as usual.
 * - `type`: refuse it; a Query service writes the type as its code.
 * - `answer`: send this instead, and change nothing (RunTask with `failures`, say).
 * - `changeAnswer`: do as asked, and change what the caller sees of it (hide, reorder, shorten).
 * - `resetConnection`: cut the connection, before the call is done or, with `afterwards`, when only its answer gets lost.
 * - `delayMs`: answer as usual, late.
 */
export type Interception =
  | { readonly status: number; readonly type: string; readonly message: string }
  | { readonly answer: object }
  | { readonly changeAnswer: (answer: object) => object }
  | { readonly resetConnection: true; readonly afterwards?: boolean }
  | { readonly delayMs: number };

export type Intercept = (request: ReceivedRequest) => Interception | undefined | Promise<Interception | undefined>;
