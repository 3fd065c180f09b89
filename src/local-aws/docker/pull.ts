import type { DockerImage } from '../account.ts';
import { StartFailure } from '../ecs/start-failure.ts';
import { askEngine } from './engine.ts';

/**
 * Makes sure that the engine has the image, and answers its digest: that of the registry, else the image's own id.
 * @throws StartFailure CannotPullContainerError in ECS's words, with the engine's.
 */
export async function pullIntoEngine(reference: string, { dockerImage, engine }: DockerImage): Promise<string> {
  const format = '{{if .RepoDigests}}{{index .RepoDigests 0}}{{else}}{{.Id}}{{end}}';
  const inspect = ['image', 'inspect', '--format', format, dockerImage];
  let found = await askEngine(engine, inspect);
  if (found.exitCode !== 0) {
    const pulled = await askEngine(engine, ['pull', '--quiet', dockerImage]);
    if (pulled.exitCode !== 0)
      throw new StartFailure(
        `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${pulled.complaint}`,
      );
    found = await askEngine(engine, inspect);
  }
  return found.stdout.split('@').at(-1) ?? found.stdout;
}
