/** `"odd.name"` of `public."odd.name"`: the part behind the last dot that is in no quotes. */
export function lastPart(name: string): string {
  return /(?:"(?:[^"]|"")*"|[^".]+)$/.exec(name)?.[0] ?? name;
}

/** `public` of `public."odd.name"`; empty when there is none. */
export function firstPart(name: string): string {
  return /^((?:"(?:[^"]|"")*"|[^".]+))\./.exec(name)?.[1] ?? '';
}

/** `public.mood` of `public.mood.any text`: a label may hold dots and quotes, the names before it are quoted when they do. */
export function typeOfLabel(name: string): string {
  return /^(?:"(?:[^"]|"")*"|[^".]+)\.(?:"(?:[^"]|"")*"|[^".]+)/.exec(name)?.[0] ?? name;
}

/** Whether two texts name the same, whether they use quotes where they need not or not; case counts. */
export function isSameName(one: string, other: string): boolean {
  return JSON.stringify(partsOf(one)) === JSON.stringify(partsOf(other));
}

function partsOf(name: string): readonly string[] {
  return [...name.matchAll(/"((?:[^"]|"")*)"|([^".]+)/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  );
}
