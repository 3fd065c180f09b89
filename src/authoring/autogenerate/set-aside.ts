import type { Catalog } from '../catalog/catalog.ts';
import type { StepStatement } from './arrange-steps.ts';
import { lastPart } from './names.ts';

/**
 * Types that cannot become what is desired while columns use them (a domain over another type, an enum that becomes a
 * domain): the old one is renamed out of the way, the new one is made, columns move over, the old one goes.
 */
export function typesToSetAside(current: Catalog, desired: Catalog): readonly StepStatement[] {
  return [...current.values()].flatMap(({ kind, name, properties }): readonly StepStatement[] => {
    if (kind !== 'domain' && kind !== 'type') return [];
    const other = desired.get(`${kind === 'domain' ? 'type' : 'domain'} ${name}`);
    const isOverAnother = desired.get(`domain ${name}`)?.properties['base'] !== properties['base'];
    if (other === undefined && (kind !== 'domain' || !desired.has(`domain ${name}`) || !isOverAnother)) return [];
    const word = kind === 'domain' ? 'DOMAIN' : 'TYPE';
    const own = lastPart(name);
    const schema = name.slice(0, -own.length);
    const aside = `"${own.replaceAll('"', '').slice(0, 50)}__replaced"`;
    return [
      {
        sql: `ALTER ${word} ${name} RENAME TO ${aside}`,
        comment: `Makes way for the new ${name}; it goes when nothing uses it any more.`,
        back: `ALTER ${word} ${schema}${aside} RENAME TO ${own}`,
      },
    ];
  });
}
