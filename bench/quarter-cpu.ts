import { access, mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What holds a command to 0.25 of a core, as Fargate's smallest task: words to put before it; `undefined` where this machine
 * lets us make no control group (it needs root on Linux).
 */
export async function quarterCpu(): Promise<
  { readonly throttle: readonly string[]; readonly release: () => Promise<void> } | undefined
> {
  for (const { folder, limits, members } of [
    // Control groups version 2, then version 1.
    { folder: '/sys/fs/cgroup/wumbo-bench', limits: { 'cpu.max': '25000 100000' }, members: 'cgroup.procs' },
    {
      folder: '/sys/fs/cgroup/cpu/wumbo-bench',
      limits: { 'cpu.cfs_period_us': '100000', 'cpu.cfs_quota_us': '25000' },
      members: 'tasks',
    },
  ]) {
    try {
      await mkdir(folder, { recursive: true });
      for (const [name, value] of Object.entries(limits)) {
        await access(join(folder, name));
        await writeFile(join(folder, name), value);
      }
      const enter = `echo $$ > ${join(folder, members)} && exec "$@"`;
      return { throttle: ['/bin/sh', '-c', enter, 'sh'], release: () => rmdir(folder).catch(() => undefined) };
    } catch {
      await rmdir(folder).catch(() => undefined);
    }
  }
  return undefined;
}
