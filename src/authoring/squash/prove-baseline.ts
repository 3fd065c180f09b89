import { AppError } from '../../contract/app-error.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { RevisionFile } from '../../runner/files/read-revisions.ts';
import { withFolderCopy } from '../autogenerate/write-proposal.ts';
import { replayRevisions } from '../replay-revisions.ts';
import type { ScratchServer } from '../scratch/scratch-server.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Built } from './build-revisions.ts';
import type { SquashPlan } from './choose-replaced.ts';
import { formatBaseline, type BaselineBody } from './format-baseline.ts';
import type { MadeBaseline } from './make-baseline.ts';
import { supplementFacts } from './read-facts.ts';
import { compareStates, readState } from './read-state.ts';
import { writeSquash } from './write-squash.ts';

export interface Proving {
  readonly plan: SquashPlan;
  /** Revisions behind the replaced ones. */
  readonly later: readonly RevisionFile[];
  readonly built: Built;
  readonly made: MadeBaseline;
  readonly directory: string;
  readonly historySchema: string;
  readonly surroundings: Surroundings;
}

export interface Proof {
  /** Of the baseline. */
  readonly text: string;
  /** None: both ways make the same database. */
  readonly differences: readonly string[];
}

/**
 * Lets the runner run the baseline in a copy of the folder, squashed as the folder would be, and compares what comes of it
 * with what the revisions have built; their database goes for it. What the dump leaves aside is set in a second try.
 */
export async function proveBaseline(server: ScratchServer, proving: Proving): Promise<Proof> {
  const { built, made } = proving;
  await built.forget(built.database);
  const first = await attempt(server, made.body, proving);
  return first.missing.length === 0
    ? first
    : attempt(server, { ...made.body, last: [...first.missing, ...made.body.last] }, proving);
}

/** Exit codes for what is wrong with a revision, and not with the server. */
const ofTheFile: readonly number[] = [exitCodes.usage, exitCodes.revisionFailed];

interface Attempt extends Proof {
  /** Statements that would set what the dump leaves aside. */
  readonly missing: readonly string[];
}

async function attempt(server: ScratchServer, body: BaselineBody, proving: Proving): Promise<Attempt> {
  const { plan, later, built, made, directory, surroundings, historySchema } = proving;
  const text = formatBaseline(plan, server.label, body);
  const scope = { historySchema, varying: built.state.rows && built.varying, roles: built.roles };
  try {
    const database = await withFolderCopy(directory, surroundings.scratch.temporaryDirectory, (copy) => {
      writeSquash(copy, { plan, text, later });
      return replayRevisions(server, { directory: copy, target: plan.name, historySchema, surroundings });
    });
    const actual = await readState(database, scope);
    await built.forget(database);
    return {
      text,
      differences: [...compareStates(built.state, actual), ...made.objections.map((line) => `- ${line}`)],
      missing: supplementFacts(built.state.facts, actual.facts),
    };
  } catch (error) {
    if (!(error instanceof AppError) || !ofTheFile.includes(error.exitCode)) throw error;
    return { text, differences: [`The baseline cannot be run: ${error.message}`], missing: [] };
  }
}
