import { visibleText } from '../../contract/visible-text.ts';

/** What may reach the reader of a stream unchanged. */
export interface Reader {
  /** A person's terminal with colours: colour sequences pass. */
  readonly colours: boolean;
  /** The GitHub Actions runner reads this stream and acts on workflow commands in it. */
  readonly githubActions: boolean;
}

// eslint-disable-next-line no-control-regex -- colour sequences begin with the escape character
const colourSequence = /(\u001b\[[\d;:]*m)/;

/**
 * Foreign text that can neither steer a terminal nor act as a workflow command. Everything else stays as it is, so that
 * SQL remains SQL.
 */
export function safeText(text: string, reader: Reader): string {
  const visible = reader.colours
    ? text
        .split(colourSequence)
        .map((part, index) => (index % 2 === 1 ? part : visibleText(part)))
        .join('')
    : visibleText(text);
  return reader.githubActions ? withoutCommands(visible) : visible;
}

/**
 * The runner acts on `::command::` at the start of a line, white space apart, and on `##[command]` anywhere
 * (actions/runner, ActionCommand.cs); a line of SQL that begins with a cast is neither. A backslash before it keeps the line
 * readable and takes the command away. `::stop-commands::` would do less: our words and the container's are on two streams,
 * which the runner reads apart, so it would also swallow ours or miss theirs; and its lines would be in what somebody saves
 * with `| tee`.
 */
export function withoutCommands(text: string): string {
  return text.replace(/^([^\S\n]*)::(?=[^\n]*::)/gm, '$1\\::').replaceAll('##[', '##\\[');
}

/** JSON for the same reader: `##[` written in another way that means the same. */
export function jsonWithoutCommands(json: string): string {
  return json.replaceAll('##[', '##\\u005b');
}
