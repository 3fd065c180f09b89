/** `platform`, `arch`, `uid` and `pid` of the process, and whether another process lives. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly uid: number | undefined;
  readonly pid: number;
  readonly isAlive: (pid: number) => boolean;
}
