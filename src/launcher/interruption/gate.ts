/** Lets things pass, or makes them wait for a while. */
export interface Gate {
  /** Resolves at once, or when the gate opens again. */
  passed(): Promise<void>;
  close(): void;
  open(): void;
}

export function createGate(): Gate {
  let opening: PromiseWithResolvers<void> | undefined;
  return {
    passed: () => opening?.promise ?? Promise.resolve(),
    close() {
      opening ??= Promise.withResolvers<void>();
    },
    open() {
      opening?.resolve();
      opening = undefined;
    },
  };
}
