import type { Node } from '@pgsql/types';

import type { Knowledge, Volatility } from './knowledge.ts';
import { namesIn, nodesIn } from './tree.ts';

/**
 * Functions of PostgreSQL and its usual extensions that give another value at every call (pg_proc.provolatile of versions 14
 * to 18), as far as they can stand in a default. What is stable, like now(), is evaluated once for all rows.
 */
const volatileFunctions = new Set(
  `random random_normal clock_timestamp timeofday nextval setval currval
  lastval gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4
  gen_random_bytes gen_salt pg_sleep pg_sleep_for pg_sleep_until txid_current pg_current_xact_id
  pg_notify set_config query_to_xml`.split(/\s+/),
);

/** How stable the expression is: the least stable of what it calls. `unknown`: it calls what nobody knows. */
export function volatilityOf(expression: Node | undefined, knowledge: Knowledge): Volatility | 'unknown' {
  let worst: Volatility | 'unknown' = 'immutable';
  for (const [kind, node] of nodesIn([expression])) {
    if (kind !== 'FuncCall') continue;
    const names = namesIn(node['funcname'] as readonly Node[]);
    const name = names.at(-1) ?? '';
    const own = knowledge.functions.get(name);
    const isBuiltIn = names.length === 1 || names[0] === 'pg_catalog';
    if (volatileFunctions.has(name) || own === 'volatile') return 'volatile';
    if (own === undefined && (!isBuiltIn || (knowledge.isComplete ? false : !builtIn.test(name)))) worst = 'unknown';
    else if (worst !== 'unknown') worst = 'stable';
  }
  return worst;
}

/** Without a database: what is surely PostgreSQL's own. With one, every function of the user is known, and the rest is built in. */
const builtIn =
  /^(?:now|timezone|date_trunc|date_part|extract|to_char|to_date|to_number|to_timestamp|statement_timestamp|transaction_timestamp|coalesce|nullif|lower|upper|initcap|length|md5|concat|concat_ws|format|replace|substr|substring|btrim|ltrim|rtrim|trim|repeat|left|right|lpad|rpad|abs|ceil|ceiling|floor|round|trunc|make_date|make_time|make_timestamp|make_timestamptz|make_interval|age|current_setting|current_database|current_user|to_json|to_jsonb|json_build_object|jsonb_build_object|json_build_array|jsonb_build_array|array_append|array_length|cardinality|encode|decode|digest|hashtext|sha256|int4range|int8range|numrange|tsrange|tstzrange|daterange|to_tsvector|row_to_json|point|box|bool|int4|int8|numeric|text|varchar|date)$/;
