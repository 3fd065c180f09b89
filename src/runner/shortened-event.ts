import type { RunEventBody } from '../contract/run-events.ts';

/**
 * Longest text of one field, in characters. CloudWatch cuts what is longer than 256 KiB into pieces that are no event any more:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
const longest = 16_384;

/** The event with texts that fit into a line of a log: a server's notice or message may be of any length. */
export function shortenedEvent<Event extends RunEventBody>(event: Event): Event {
  // As good as always; a run of many revisions has thousands of events.
  if (!Object.values(event).some((value) => typeof value === 'string' && value.length > longest)) return event;
  const fields = Object.entries(event).map(([name, value]) => [
    name,
    typeof value === 'string' ? shortened(value) : value,
  ]);
  return Object.fromEntries(fields) as Event;
}

function shortened(text: string): string {
  if (text.length <= longest) return text;
  // Not through the middle of a character of two units.
  const kept = text.slice(0, longest).replace(/[\ud800-\udbff]$/, '');
  return `${kept}… (${text.length} characters in all)`;
}
