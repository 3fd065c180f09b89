/** What AWS's stop reason means, and what to do about it. */
export interface Explanation {
  /** A clause without a full stop. */
  readonly meaning: string;
  readonly nextStep: string;
}

/** First match wins, so the special comes before the general. Vocabulary: facts/launchers.md section 4. */
const vocabulary: readonly (Explanation & { readonly pattern: RegExp })[] = [
  {
    pattern: /did not contain json key/i,
    meaning: 'the secret does not have the JSON key that the task definition asks for',
    nextStep:
      'Correct the key in the task definition (a generated database secret has username, password, host, port and dbname, no "url"), or give the container the whole secret as DATABASE_SECRET.',
  },
  {
    pattern: /(?<!secrets or )registry auth|GetAuthorizationToken|api\.ecr/i,
    meaning: 'ECS could not log in to the image registry',
    nextStep:
      'Check that the execution role may use ECR (ecr:GetAuthorizationToken) and that the subnets reach it: NAT, or endpoints for ecr.api, ecr.dkr and s3.',
  },
  {
    pattern: /retrieve secret|secrets? ?manager|\basm\b|\bssm\b|unable to pull secrets/i,
    meaning: 'ECS could not read a secret that the container needs',
    nextStep:
      'Check that the secret exists, that the execution role may read it (secretsmanager:GetSecretValue), and that the subnets reach Secrets Manager.',
  },
  {
    pattern: /failed to (?:initialize logging driver|validate logger args)|log group does not exist/i,
    meaning: 'the log group does not exist, or the execution role may not write to it',
    nextStep: 'Create the log group that the task definition names, in its region, or correct awslogs-group.',
  },
  {
    pattern: /CannotPull\w*.*(?:not found|manifest unknown|does not exist)|manifest unknown|\bref .* not found/is,
    meaning: 'the image or its tag does not exist',
    nextStep: 'Push the image, or deploy a task definition that names one that exists.',
  },
  {
    pattern: /toomanyrequests|rate limit/i,
    meaning: 'the image registry limits how often it may be asked',
    nextStep: 'Launch again later, or take the image from ECR instead of Docker Hub.',
  },
  {
    pattern: /CannotPull/i,
    meaning: 'the image could not be pulled',
    nextStep:
      'Check the image tag, the execution role (ecr:BatchGetImage, ecr:GetDownloadUrlForLayer), and that the subnets reach the registry: NAT, or endpoints for ecr.api, ecr.dkr and s3.',
  },
  {
    pattern: /exec format error|platform|architecture/i,
    meaning: 'the image is built for another processor architecture than the task definition asks for',
    nextStep: 'Build the image for linux/amd64, or set runtimePlatform in the task definition.',
  },
  {
    pattern: /executable file not found|no such file or directory|permission denied.*exec/i,
    meaning: 'the command does not exist in the image',
    nextStep: 'Check that the task definition names the migration image, whose entrypoint is migrate.',
  },
  {
    pattern: /OutOfMemory|out of memory|\bOOM\b/i,
    meaning: 'the container used more memory than the task has',
    nextStep: 'Raise the memory of the task definition, then launch again: migrate goes on where it stopped.',
  },
  {
    pattern: /network interface|\bENI\b/i,
    meaning: 'the task got no network interface',
    nextStep: 'Launch again; when it stays, look for free addresses in the private subnets.',
  },
  {
    pattern: /capacity is unavailable|RESOURCE:|insufficient capacity/i,
    meaning: 'Fargate has no capacity there at the moment',
    nextStep: 'Launch again in a few minutes, or give the task subnets in more availability zones.',
  },
  {
    pattern: /spot/i,
    meaning: 'Fargate Spot took the capacity back',
    nextStep: 'Run migrations on Fargate, not on Spot, then launch again.',
  },
  {
    pattern: /ContainerRuntimeTimeout|ContainerRuntimeError|CannotStartContainer|CannotCreateContainer/i,
    meaning: 'Fargate could not start the container',
    nextStep: 'Launch again; when it stays, check the command and the image of the task definition.',
  },
  {
    pattern: /ResourceInitializationError/i,
    meaning: 'ECS could not prepare what the container needs (secrets, registry, log or network)',
    nextStep: 'Check the execution role and that the private subnets have a NAT gateway or the endpoints.',
  },
];

/** Plain words for a stop reason, or `undefined` when it is none that we know: then AWS's own words have to do. */
export function explainStopReason(reason: string): Explanation | undefined {
  return vocabulary.find(({ pattern }) => pattern.test(reason));
}
