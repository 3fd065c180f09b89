import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { describe, expect, it } from 'vitest';
import { z } from 'zod/mini';

import { withShapes } from '../../../scripts/update-readme.ts';
import { isKnownEvent, parseRunEvent } from '../../../src/contract/run-events.ts';
import { eventSchema } from '../../../src/contract/run-event-shapes.ts';
import { documentVersion } from '../../../src/runner/documents/version.ts';
import { documents, type DocumentName } from '../../../src/runner/documents/documents.ts';

const guide = await readFile(resolve(import.meta.dirname, '../../../docs/json.md'), 'utf8');
const sections = new Map(guide.split(/^### /m).map((section) => [section.split('\n', 1)[0] ?? '', section]));

describe('docs/json.md', () => {
  it('has the tables that the code has (npm run docs writes them)', () => {
    expect(guide).toBe(withShapes(guide));
  });

  it.each(Object.keys(documents) as DocumentName[])('the example of %s is one', (name) => {
    const [, example = ''] = /```json\n(.*)\n```/.exec(sections.get(name) ?? '') ?? [];
    const { version, ...fields } = JSON.parse(example) as { version: number };
    expect(version).toBe(documentVersion);
    expect(z.safeParse(z.strictObject(documents[name].shape), fields).error).toBeUndefined();
  });

  it('the example of an event is one', () => {
    const line = guide.split('\n').find((text) => text.startsWith('{"time"')) ?? '';
    const event = parseRunEvent(line);
    if (!event || !isKnownEvent(event)) throw new Error(`no event: ${line}`);
    expect(eventSchema(event.event).safeParse(event).error).toBeUndefined();
  });
});
