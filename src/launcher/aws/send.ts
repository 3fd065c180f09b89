/** Sends one call and gives its answer, or throws an AwsError, after 30 s at the latest. */
export type Send = <Answer>(action: string, call: (signal: AbortSignal) => Promise<Answer>) => Promise<Answer>;
