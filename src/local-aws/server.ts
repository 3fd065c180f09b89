import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Account, Stack } from './account.ts';
import { answerCall } from './answer.ts';
import { AwsError } from './aws-error.ts';
import { answerFaultControl, faultsPath } from './faults/control.ts';
import { createFaults, type FaultPlan, type FaultReport } from './faults/faults.ts';
import { requestStop, type StopCode, type Task } from './ecs/task.ts';
import { findTaskByArn } from './ecs/tasks.ts';
import { taskMetadata } from './ecs/task-metadata.ts';
import { parseCall, protocolOf } from './http/call.ts';
import { writeHalfAnswer, writeJsonAnswer, writeJsonError } from './http/json-protocol.ts';
import { writeQueryAnswer, writeQueryError } from './http/query-protocol.ts';
import { authenticate } from './http/signature.ts';
import { authorize } from './iam/authorize.ts';
import type { Intercept, ReceivedRequest } from './interception.ts';
import { openRegion } from './open-region.ts';
import type { Behaviour, Region, RegionContext } from './region.ts';

export interface LocalAwsOptions extends Partial<Behaviour> {
  readonly account: Account;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly intercept?: Intercept;
  /** Goes wrong from the start; @throws AppError when a sentence is wrong. */
  readonly faults?: FaultPlan;
  /** Gets a line for each task that starts or stops, and for each failure of the stand-in itself. */
  readonly log?: (line: string) => void;
}

export interface LocalAws {
  /** e.g. `http://127.0.0.1:40123`, for every service. */
  readonly endpoint: string;
  readonly region: string;
  /** Every call that could be attributed to a caller, in the order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** What to do to calls from now on; `undefined` answers them all as usual. */
  readonly setIntercept: (intercept: Intercept | undefined) => void;
  /** Puts these faults in the place of all others; the same as a PUT to `/_faults`. @throws AppError when a sentence is wrong. */
  readonly setFaults: (plan: FaultPlan) => void;
  /** The faults that are set, and how often each has struck. */
  readonly faults: () => readonly FaultReport[];
  /** What every task really did, whatever the faults make callers see. */
  readonly tasks: () => readonly TaskTruth[];
  /** Puts a stack in the place of the one of its name, or adds it. */
  readonly putStack: (stack: Stack) => void;
  readonly removeStack: (name: string) => void;
  /** Puts a secret in the place of the one of its ARN, or adds it. */
  readonly putSecret: (arn: string, value: string) => void;
  /** Makes a task stop as AWS itself may stop it, e.g. with `SpotInterruption`. @throws AwsError when there is no such task. */
  readonly stopTask: (arn: string, stopCode: StopCode, reason: string) => void;
  /** Settles when no task runs any more. */
  readonly idle: () => Promise<void>;
  /** Stops every task's processes (SIGTERM, then SIGKILL) and the server. */
  readonly close: () => Promise<void>;
}

/** A task's first container as it really is. */
export interface TaskTruth {
  readonly arn: string;
  readonly hasStarted: boolean;
  readonly exitCode: number | undefined;
  readonly printedLines: number;
}

const defaultBehaviour: Behaviour = {
  paceMs: 300,
  logDelayMs: 5_000,
  logPageSize: 10_000,
  stoppedTaskVisibleMs: 3_600_000,
  closeGraceMs: 2_000,
};

/** Starts the stand-in for an AWS account on 127.0.0.1. Nothing outlives its `close`. */
export async function startLocalAws({
  account,
  port = 0,
  intercept,
  faults: plan = { faults: [] },
  log,
  ...behaviour
}: LocalAwsOptions): Promise<LocalAws> {
  const faults = createFaults(Date.now);
  faults.set(plan);
  const state: ServerState = {
    account,
    regions: new Map(),
    requests: [],
    intercept,
    context: {
      behaviour: { ...defaultBehaviour, ...behaviour },
      now: Date.now,
      endpoint: () => endpoint,
      log: log ?? (() => undefined),
      faults,
      closing: new AbortController(),
    },
  };
  const home = regionOf(state, account.region);
  const server = createServer((request, response) => void handle(request, response, state));
  // Longer than any client keeps an idle connection, so that none is closed under a request.
  server.keepAliveTimeout = 75_000;
  await listen(server, port);
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    region: account.region,
    requests: state.requests,
    setIntercept: (intercept) => (state.intercept = intercept),
    setFaults: faults.set,
    faults: faults.list,
    tasks: () => home.tasks.map(truthOf),
    putStack: (stack) => replace(home.stacks, stack, ({ name }) => name === stack.name),
    removeStack: (name) => remove(home.stacks, (stack) => stack.name === name),
    putSecret: (arn, value) => replace(home.secrets, { arn, value }, (secret) => secret.arn === arn),
    stopTask: (arn, stopCode, reason) => requestStop(findTaskByArn(home, arn), stopCode, reason),
    idle: () => idle(state),
    close: () => close(server, state),
  };
}

interface ServerState {
  readonly account: Account;
  readonly regions: Map<string, Region>;
  readonly requests: ReceivedRequest[];
  readonly context: RegionContext;
  intercept: Intercept | undefined;
}

async function handle(incoming: IncomingMessage, response: ServerResponse, state: ServerState): Promise<void> {
  const requestId = randomUUID();
  const protocol = protocolOf(incoming.headers);
  try {
    const isControl = incoming.url === faultsPath;
    if (incoming.method === 'GET' && !isControl) return answerMetadata(incoming, response, state);
    const body = await readBody(incoming);
    if (isControl) return answerFaultControl(incoming, body, { faults: state.context.faults, response });
    const call = parseCall(incoming.headers, body);
    const { accessKeys } = state.account;
    const caller = authenticate(incoming, body, { accessKeys, protocol, service: call.service });
    const { service, operation, parameters } = call;
    const region = regionOf(state, caller.region);
    const request = {
      service,
      operation,
      parameters,
      region: region.name,
      accessKeyId: caller.accessKeyId,
      time: region.now(),
    };
    state.requests.push(request);
    const key = accessKeys[caller.accessKeyId];
    if (key) authorize(call, key, region);
    const outcome = await answerCall(call, { request, region, intercept: state.intercept });
    if (outcome.kind === 'reset') incoming.socket.resetAndDestroy();
    else if (outcome.kind === 'truncated') writeHalfAnswer(response, requestId, outcome.answer);
    else if (protocol === 'json') writeJsonAnswer(response, requestId, outcome.answer);
    else writeQueryAnswer(response, requestId, { service, operation, answer: outcome.answer });
  } catch (error) {
    if (!(error instanceof AwsError))
      state.context.log(`internal error: ${error instanceof Error ? error.stack : String(error)}`);
    const refusal = error instanceof AwsError ? error : internalError(error);
    if (protocol === 'json') writeJsonError(response, requestId, refusal);
    else writeQueryError(response, requestId, refusal);
  }
}

/** Asked for with GET, and unsigned: a container's question about itself. */
function answerMetadata(request: IncomingMessage, response: ServerResponse, state: ServerState): void {
  const metadata = taskMetadata(request.url ?? '', state.regions.values());
  response.writeHead(metadata ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(metadata ?? 'V4 container metadata handler: unable to get container ID from request'));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function internalError(error: unknown): AwsError {
  return new AwsError('InternalFailure', `The stand-in failed: ${String(error)}`, { status: 500 });
}

function truthOf({ arn, times, containers: [container] }: Task): TaskTruth {
  const { exitCode, printedLines = 0 } = container ?? {};
  return { arn, hasStarted: times.startedAt !== undefined, exitCode, printedLines };
}

function regionOf({ regions, account, context }: ServerState, name: string): Region {
  const region = regions.get(name) ?? openRegion(account, name, context);
  regions.set(name, region);
  return region;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', done);
  });
}

async function idle({ regions }: ServerState): Promise<void> {
  await Promise.all([...regions.values()].flatMap(({ tasks }) => tasks.map(({ life }) => life)));
}

async function close(server: Server, state: ServerState): Promise<void> {
  const { closing, behaviour } = state.context;
  closing.abort();
  for (const task of [...state.regions.values()].flatMap(({ tasks }) => tasks)) {
    requestStop(task, 'UserInitiated', 'The stand-in for AWS is closing');
    for (const { terminate } of task.processes) terminate(behaviour.closeGraceMs);
  }
  await idle(state);
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  await closed;
}

function replace<Item>(list: Item[], item: Item, isSame: (other: Item) => boolean): void {
  const index = list.findIndex(isSame);
  if (index === -1) list.push(item);
  else list[index] = item;
}

function remove<Item>(list: Item[], isWanted: (item: Item) => boolean): void {
  const index = list.findIndex(isWanted);
  if (index !== -1) list.splice(index, 1);
}
