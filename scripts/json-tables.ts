/** The tables of docs/json.md, from the shapes in the code. */
import { z } from 'zod/mini';

import { commonFields, eventFields } from '../src/contract/run-event-shapes.ts';
import { documents } from '../src/runner/documents/documents.ts';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** Name of each generated section of docs/json.md, and its table. */
export function jsonTables(): Readonly<Record<string, string>> {
  const tables: Record<string, string> = {};
  for (const [name, schema] of Object.entries(documents)) tables[`fields of ${name}`] = tableOf(schema);
  tables['fields of every event'] = tableOf(z.object(commonFields));
  for (const [name, fields] of Object.entries(eventFields)) tables[`fields of ${name}`] = tableOf(z.object(fields));
  return tables;
}

function tableOf(schema: z.ZodMiniType): string {
  const json = z.toJSONSchema(schema) as JsonSchema;
  return ['| field | type | meaning |', '| --- | --- | --- |', ...rowsOf(json, ''), ''].join('\n');
}

function rowsOf({ properties = {}, required = [] }: JsonSchema, prefix: string): readonly string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const absent = required.includes(name) ? '' : ', may be absent';
    const nested = field.items?.properties ? field.items : field.properties ? field : undefined;
    return [
      `| \`${path}\` | ${typeOf(field)}${absent} | ${field.description ?? ''} |`,
      ...(nested ? rowsOf(nested, `${path}${field.items ? '[]' : ''}.`) : []),
    ];
  });
}

function typeOf(field: JsonSchema): string {
  if (field.anyOf) return field.anyOf.map(typeOf).join(' or ');
  if (field.enum) return field.enum.map((word) => `\`"${word}"\``).join(', ');
  if (field.type === 'array') return `list of ${typeOf(field.items ?? {})}s`;
  return [field.type ?? 'any'].flat().join(' or ');
}
