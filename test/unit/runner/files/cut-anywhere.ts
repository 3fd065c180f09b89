import fc from 'fast-check';

/** The text in parts, cut anywhere, surrogates apart too. */
export function cutAnywhere(text: fc.Arbitrary<string>, longest = 8): fc.Arbitrary<readonly string[]> {
  const lengths = fc.array(fc.integer({ min: 1, max: longest }), { minLength: 1, maxLength: 20 });
  return fc.tuple(text, lengths).map(([whole, sizes]) => {
    const parts: string[] = [];
    for (let at = 0; at < whole.length;) {
      const length = sizes[parts.length % sizes.length] ?? 1;
      parts.push(whole.slice(at, at + length));
      at += length;
    }
    return parts;
  });
}
