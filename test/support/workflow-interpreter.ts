/** A command that the GitHub Actions runner would act on. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Every command that the runner knows (actions/runner, ActionCommandManager.cs and its extensions). */
const registered = [
  'stop-commands',
  'set-env',
  'set-output',
  'save-state',
  'add-mask',
  'add-path',
  'add-matcher',
  'remove-matcher',
  'debug',
  'warning',
  'error',
  'notice',
  'echo',
  'group',
  'endgroup',
];

/** The commands that the runner would find in the output of a step, by its own rules: both forms, no case, stop and resume. */
export function workflowCommands(output: string): readonly WorkflowCommand[] {
  const known = new Set(registered);
  const found: WorkflowCommand[] = [];
  let resumeToken: string | undefined;
  // .NET's ReadLine ends a line at each of these.
  for (const line of output.split(/\r\n|\r|\n/)) {
    const command = newForm(line, known) ?? oldForm(line, known);
    if (!command) continue;
    if (resumeToken !== undefined) {
      if (command.name === resumeToken) resumeToken = undefined;
      continue;
    }
    if (command.name === 'stop-commands') {
      resumeToken = command.data.toLowerCase();
      known.add(resumeToken);
    }
    found.push(command);
  }
  return found;
}

/** `::name key=value,key=value::data` at the beginning of a line, after any white space. */
function newForm(line: string, known: ReadonlySet<string>): WorkflowCommand | undefined {
  // .NET trims U+0085 too, and JavaScript U+FEFF: both are taken here.
  const text = line.replace(/^[\s\u0085\ufeff]+/, '');
  const end = text.startsWith('::') ? text.indexOf('::', 2) : -1;
  return end < 0
    ? undefined
    : commandOf(text.slice(2, end), text.slice(end + 2), {
        known,
        separator: ',',
        escapes: ['%0D', '%0A', '%3A', '%2C'],
      });
}

/** `##[name key=value;key=value]data` anywhere in a line. */
function oldForm(line: string, known: ReadonlySet<string>): WorkflowCommand | undefined {
  const begin = line.indexOf('##[');
  const end = begin < 0 ? -1 : line.indexOf(']', begin);
  return end < 0
    ? undefined
    : commandOf(line.slice(begin + 3, end), line.slice(end + 1), {
        known,
        separator: ';',
        escapes: ['%0D', '%0A', '%3B', '%5D'],
      });
}

function commandOf(
  head: string,
  data: string,
  {
    known,
    separator,
    escapes,
  }: { readonly known: ReadonlySet<string>; readonly separator: string; readonly escapes: readonly string[] },
): WorkflowCommand | undefined {
  const space = head.indexOf(' ');
  const name = (space < 0 ? head : head.slice(0, space)).toLowerCase();
  if (!known.has(name)) return undefined;
  const unescaped = (text: string): string =>
    [...escapes, '%25'].reduce((result, escape) => result.replaceAll(escape, decodeURIComponent(escape)), text);
  const pairs = space < 0 ? [] : head.slice(space + 1).split(separator);
  const properties = pairs.flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0 ? [] : [[pair.slice(0, equals).trim(), unescaped(pair.slice(equals + 1))]];
  });
  return { name, properties: Object.fromEntries(properties) as Record<string, string>, data: unescaped(data) };
}

/** The outputs in a GITHUB_OUTPUT file. Throws on everything that the runner refuses. */
export function stepOutputs(file: string): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  const lines = file.split('\n');
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    if (line === '') continue;
    const [, name, delimiter] = /^([^=]+?)<<(.+)$/.exec(line) ?? [];
    if (name === undefined || delimiter === undefined) throw new Error(`no output: ${line}`);
    const end = lines.indexOf(delimiter);
    if (end < 0) throw new Error(`the delimiter of ${name} is missing`);
    outputs[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n');
  }
  return outputs;
}
