import type { OutputStream } from './output-stream.ts';

/** The terminal that stderr is. */
export interface LiveTerminal {
  readonly stderr: OutputStream;
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Streams that lead to this very terminal: what is printed on them has to make way for the status. */
  readonly shares: (stream: OutputStream) => boolean;
  readonly now: () => number;
}

/** A few lines below the log that change, while the log above them only grows. */
export interface LiveView {
  /** Prints whole lines, which stay. */
  print(stream: OutputStream, text: string): void;
  show(): void;
  /** Takes the status away and prints what is left. */
  hide(): void;
  /** Takes the status away and holds all lines back, so that a question has the terminal for itself; {@link show} ends it. */
  pause(): void;
}

/** Nobody reads faster, and a log that comes in a flood is drawn in a few large pieces. */
const leastTimeBetweenDrawsMs = 100;
const everyMs = 250;
const mostHeldBack = 64 * 1024;

const escape = '\u001b[';
const eraseBelow = `\r${escape}J`;
/** Terminals that know it show everything in between at once; the others ignore it. */
const atOnce = (text: string): string => `${escape}?2026h${text}${escape}?2026l`;

/**
 * Draws `status` below the log. The cursor rests at the beginning of the status: one "erase below" takes all of it away,
 * however the terminal has wrapped it after a change of its width. Every change is one write.
 */
export function createLiveView(terminal: LiveTerminal, status: (columns: number) => readonly string[]): LiveView {
  const { stderr, size, shares, now } = terminal;
  let state: 'hidden' | 'shown' | 'paused' = 'hidden';
  let heldBack: { readonly stream: OutputStream; readonly text: string }[] = [];
  let heldBackLength = 0;
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let ticking: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;

  const stopTimers = (): void => {
    clearInterval(ticking);
    clearTimeout(soon);
    [ticking, soon] = [undefined, undefined];
  };
  const takeHeldBack = (): typeof heldBack => {
    const taken = heldBack;
    heldBack = [];
    heldBackLength = 0;
    return taken;
  };
  const draw = (): void => {
    clearTimeout(soon);
    soon = undefined;
    drawnAtMs = now();
    const picture = pictureOf(status, size());
    const texts = takeHeldBack();
    if (texts.every(({ stream }) => stream === stderr)) {
      const text = texts.map((held) => held.text).join('');
      stderr.write(atOnce(`${text === '' ? '' : eraseBelow + text}${picture}`));
      return;
    }
    stderr.write(eraseBelow);
    for (const { stream, text } of texts) stream.write(text);
    stderr.write(picture);
  };
  const takeAway = (): void => {
    if (state === 'shown') stderr.write(eraseBelow);
    stopTimers();
  };
  return {
    print(stream, text) {
      if (state === 'hidden' || !shares(stream)) {
        stream.write(text);
        return;
      }
      heldBack.push({ stream, text });
      heldBackLength += text.length;
      if (state === 'paused') return;
      const waitMs = drawnAtMs + leastTimeBetweenDrawsMs - now();
      if (waitMs <= 0 || heldBackLength > mostHeldBack) draw();
      else soon ??= setTimeout(draw, waitMs).unref();
    },
    show() {
      if (state === 'shown') return;
      state = 'shown';
      draw();
      ticking = setInterval(draw, everyMs).unref();
    },
    hide() {
      takeAway();
      state = 'hidden';
      for (const { stream, text } of takeHeldBack()) stream.write(text);
    },
    pause() {
      if (state !== 'shown') return;
      draw();
      takeAway();
      state = 'paused';
    },
  };
}

/** Lines are cut before the last column, and wrapping is off, so that each takes one row whatever its characters are. */
function pictureOf(
  status: (columns: number) => readonly string[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
): string {
  const lines = status(Math.max(1, columns - 1)).slice(0, Math.max(1, rows - 1));
  const drawn = lines.map((line) => `${line}${escape}K`).join('\n');
  const back = lines.length > 1 ? `${escape}${lines.length - 1}A` : '';
  return `\r${escape}?7l${drawn}${escape}J\r${back}${escape}?7h`;
}
