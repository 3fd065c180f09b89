import { createHash } from 'node:crypto';

import type { DockerImage, ImageProgram } from '../account.ts';
import { StartFailure } from './start-failure.ts';

/**
 * What stands for an image: by the exact reference, else by its repository without registry, tag and digest.
 * @throws StartFailure CannotPullContainerError in ECS's words.
 */
export function pullImage(
  image: string,
  images: Readonly<Record<string, ImageProgram | DockerImage>>,
): ImageProgram | DockerImage {
  const program = [image, repositoryOf(image)].flatMap((name) =>
    Object.hasOwn(images, name) ? [images[name]] : [],
  )[0];
  if (!program)
    throw new StartFailure(
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`,
    );
  return program;
}

/** `sha256:…` of the image, as DescribeTasks and the metadata endpoint show it. */
export function imageDigest(image: string, program: ImageProgram): string {
  return program.digest ?? `sha256:${createHash('sha256').update(image).digest('hex')}`;
}

function repositoryOf(image: string): string {
  const withoutDigest = image.split('@')[0] ?? image;
  const [first = '', ...rest] = withoutDigest.split('/');
  const path = rest.length > 0 && /[.:]|^localhost$/.test(first) ? rest.join('/') : withoutDigest;
  return path.replace(/:[^:/]*$/, '');
}
