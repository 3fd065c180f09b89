import { formatDuration } from '../../contract/duration.ts';
import { backfillParts, shareOf } from '../../contract/event-lines.ts';
import type { Paint } from '../../contract/paint.ts';
import { visibleLine } from '../../contract/visible-text.ts';
import { fitToCells } from './cell-width.ts';
import { phaseNames, phaseTexts, type Phase, type PhaseDurations } from './phases.ts';
import type { Progress } from './progress.ts';

/** Everything that the live status tells. */
export interface Status {
  /** `over`: the container has ended, and the rest of its log is read. */
  readonly phase: Phase | 'over';
  readonly phases: PhaseDurations;
  readonly progress: Progress;
  readonly elapsedMs: number;
  /** How long the log has been silent. */
  readonly silentMs: number;
  readonly nowMs: number;
}

const spinner = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇'];
const spinnerStepMs = 250;
const worthSayingMs = 10_000;

/** The status block: an empty line, what the task does, and what migrate does, each within so many cells. */
export function statusLines(status: Status, columns: number, paint: Paint): readonly string[] {
  const { revision, statement, waitsFor } = status.progress;
  const fit = (text: string): string => fitToCells(text, columns);
  const lines = [headline(status, columns, paint)];
  if (revision) {
    const verb = revision.direction === 'up' ? 'applying' : 'reverting';
    const sinceMs = status.nowMs - revision.sinceMs;
    lines.push(
      fit(
        `  revision ${revision.index} of ${revision.count}: ${verb} ${visibleLine(revision.name)}, ${seconds(sinceMs)}`,
      ),
    );
  }
  if (statement) {
    const phase = statement.phase === undefined ? '' : `: ${visibleLine(statement.phase)}`;
    const share = shareOf(statement);
    const bar = share === undefined ? '' : `  ${progressBar(share)} ${share} %`;
    const text = `  statement ${statement.statement} of ${statement.statements}${phase}`;
    // The bar tells more than a phase's last words.
    lines.push(fit(fitToCells(text, Math.max(24, columns - bar.length)) + bar));
    const rows = backfillParts(statement).join(', ');
    if (rows !== '') lines.push(fit(`  ${rows}`));
  }
  if (waitsFor !== undefined) lines.push(paint.warning(fit(`  waits for ${waitsFor}`)));
  else if (status.phase === 'running' && status.silentMs >= worthSayingMs)
    lines.push(paint.dim(fit(`  nothing new for ${seconds(status.silentMs)}`)));
  return ['', ...lines];
}

function headline({ phase, phases, elapsedMs, nowMs }: Status, columns: number, paint: Paint): string {
  const turn = spinner[Math.floor(nowMs / spinnerStepMs) % spinner.length] ?? '';
  const sinceMs = phase === 'over' ? undefined : phases[phase];
  const what = phase === 'over' ? 'reading the rest of the log' : phaseTexts[phase];
  const now = fitToCells(`${turn} ${what}${sinceMs === undefined ? '' : ` ${seconds(sinceMs)}`}`, columns);
  const before = phaseNames.flatMap((name) => {
    const ms = phases[name];
    return name === phase || ms === undefined ? [] : [`${name} ${formatDuration(ms)}`];
  });
  const rest = [`elapsed ${seconds(elapsedMs)}`, ...before].join(', ');
  const room = columns - now.length;
  return paint.strong(now) + (room < 14 ? '' : paint.dim(fitToCells(` · ${rest}`, room)));
}

/** Whole seconds: what changes all the time must not change its shape. */
function seconds(ms: number): string {
  return ms < 60_000 ? `${Math.max(0, Math.floor(ms / 1_000))} s` : formatDuration(ms);
}

const barCells = 16;

function progressBar(share: number): string {
  const full = Math.round((share / 100) * barCells);
  return '━'.repeat(full) + '─'.repeat(barCells - full);
}
