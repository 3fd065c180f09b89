#!/usr/bin/env node
/**
 * Where `migrate` begins: Node keeps what it compiles of the program, so that the next start need not compile it again.
 * In a folder beside the program: whoever may write there could change the program as well. Where nobody may, as in the image,
 * nothing is kept (docs/performance.md tells why the image brings nothing along).
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, 'compiled'));
const { ended } = await import('./main.ts');
// Awaited here: should nothing be left to wait for before the command is over, Node says so and exits with 13.
await ended;
