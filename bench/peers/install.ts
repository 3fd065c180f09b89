import { execute, type Command } from '../measure.ts';
import { findPeers, type FoundPeers } from './all.ts';
import { environment, environmentProgram, requirements } from './python.ts';

/**
 * Installs the peers of npm and PyPI that are absent into folders of this one. What cannot be installed stays absent: `say`
 * gets the reason.
 */
export async function installPeers(say: (line: string) => void): Promise<FoundPeers> {
  const { absent } = await findPeers();
  const lacks = (source: string): boolean => absent.some((peer) => peer.source === source);
  if (lacks('npm')) await attempt('npm', [npmInstall()], say);
  if (lacks('PyPI'))
    await attempt(
      'PyPI',
      [
        { program: 'python3', args: ['-m', 'venv', environment] },
        { program: environmentProgram('pip'), args: ['install', '--quiet', ...requirements] },
      ],
      say,
    );
  return findPeers();
}

/** What is here and what is not, with the way to get it. */
export function describePeers({ installed, absent }: FoundPeers): string {
  const width = Math.max(...[...installed, ...absent].map(({ name }) => name.length)) + 2;
  const here = installed.map(({ name, installedVersion }) => `${name.padEnd(width)}${installedVersion}`);
  const missing = absent.map(({ name, source }) => `${name.padEnd(width)}absent: ${wayToGet(source)}`);
  return [...here, ...missing, ''].join('\n');
}

function wayToGet(source: string): string {
  return source === 'npm' || source === 'PyPI' ? 'npm run bench -- --install-peers' : source;
}

/** `npm install`, since the lock file cannot name platforms that the registry in use does not offer (dbmate's binaries). */
function npmInstall(): Command {
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', import.meta.dirname];
  const { npm_execpath: npm } = process.env;
  return npm === undefined ? { program: 'npm', args } : { program: process.execPath, args: [npm, ...args] };
}

async function attempt(source: string, commands: readonly Command[], say: (line: string) => void): Promise<void> {
  say(`Installing the peers of ${source} …`);
  try {
    for (const command of commands) await execute(command);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`The peers of ${source} cannot be installed: ${reason.split('\n').slice(0, 3).join(' ')}`);
  }
}
