/** A link that shows `text` and leads to `url` (OSC 8), for terminals that know it; the url is one of ours, without controls. */
export function hyperlink(text: string, url: string): string {
  return `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\`;
}

/**
 * Whether the terminal shows OSC 8 links. There is no way to ask, so this goes by the names of those that do; inside tmux or
 * screen it depends on their version, so there the address is printed.
 */
export function showsHyperlinks(env: Readonly<Record<string, string | undefined>>): boolean {
  const has = (name: string): boolean => (env[name] ?? '') !== '';
  if (has('FORCE_HYPERLINK')) return env['FORCE_HYPERLINK'] !== '0';
  if (has('TMUX') || has('STY') || has('CI')) return false;
  if (has('WT_SESSION') || has('KONSOLE_VERSION') || has('DOMTERM')) return true;
  if (Number(env['VTE_VERSION'] ?? 0) >= 5_000) return true;
  if (['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'Tabby'].includes(env['TERM_PROGRAM'] ?? '')) return true;
  return /^(?:xterm-kitty|xterm-ghostty|alacritty|foot|contour)/.test(env['TERM'] ?? '');
}
