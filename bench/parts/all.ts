import type { Part } from '../part.ts';
import { authoring } from './authoring.ts';
import { emptyDatabase } from './empty-database.ts';
import { image } from './image.ts';
import { largeRevision } from './large-revision.ts';
import { launcher } from './launcher.ts';
import { nothingPending } from './nothing-pending.ts';

/** Every workload, in the order of the results. */
export const parts: readonly Part[] = [nothingPending, emptyDatabase, largeRevision, authoring, launcher, image];
