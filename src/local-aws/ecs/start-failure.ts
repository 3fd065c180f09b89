/** Why a task never started, in the words that ECS puts into `stoppedReason`. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}
