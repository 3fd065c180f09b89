const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The text cut to so many cells of a terminal; what was cut ends in `…`. For plain text: no colours, no control characters.
 * An approximation where terminals differ (rare emoji sequences), on the safe side: such a character counts two cells.
 */
export function fitToCells(text: string, cells: number): string {
  // Nothing below needs more than two cells, so a short text needs no look.
  if (text.length * 2 <= cells) return text;
  if (cellWidth(text) <= cells) return text;
  let fitting = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const width = widthOf(segment);
    if (used + width > cells - 1) break;
    fitting += segment;
    used += width;
  }
  return cells < 1 ? '' : `${fitting}…`;
}

/** How many cells the text takes. */
export function cellWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment);
  return width;
}

/** Emoji, and what Unicode's East Asian Width calls wide or fullwidth (UAX #11), take two cells; combining marks none. */
const wide =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;
const invisible = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;

function widthOf(grapheme: string): number {
  if (wide.test(grapheme)) return 2;
  return invisible.test(grapheme) ? 0 : 1;
}
