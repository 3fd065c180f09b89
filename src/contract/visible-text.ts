/**
 * The text with every control character except tab and newline made visible (`\x1b` becomes `␛`), so that a log line or a
 * file name can neither steer a terminal nor forge another line. C1 controls and bidi overrides are shown as `\u{…}`.
 */
export function visibleText(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this function is about
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return '␡';
    return `\\u{${code.toString(16)}}`;
  });
}

/** Foreign text within a line of ours: {@link visibleText} without line breaks. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(/\s*\n\s*/g, ' ');
}
