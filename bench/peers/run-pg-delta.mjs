// node run-pg-delta.mjs <url of the schema that is> <url of the schema that is wanted>: the engine alone, as its documentation shows.
import { extract } from '@supabase/pg-delta/extract';
import { plan } from '@supabase/pg-delta/plan';
import pg from 'pg';

const schemas = [];
for (const connectionString of process.argv.slice(2, 4)) {
  const pool = new pg.Pool({ connectionString });
  schemas.push((await extract(pool)).factBase);
  await pool.end();
}
const { actions } = plan(schemas[0], schemas[1], { renames: 'off', scope: 'database', defaultOwner: 'postgres' });
if (actions.length === 0) throw new Error('no difference was found');
