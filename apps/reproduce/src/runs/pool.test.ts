import { beforeAll, expect, test } from 'vitest';
import { buildFakes } from '../../test/build-fakes.js';
import { fakeExperiment } from '../../test/fake-experiment.js';
import type { RunSpec } from './experiment.js';
import { type PoolOptions, runInPool } from './pool.js';
import type { RunMessage } from './run-message.js';

let workerFile: URL;

beforeAll(async () => {
  ({ workerFile } = await buildFakes('pool-test'));
});

const specOf = (method: string, run: number): RunSpec => ({
  experiment: 'fake',
  protocol: 'published',
  method,
  run,
  config: fakeExperiment.defaults('published'),
  backend: 'auto',
});

async function runAll(specs: readonly RunSpec[], options: Partial<PoolOptions> = {}) {
  const heard = specs.map((): RunMessage[] => []);
  const failures: string[] = [];
  await runInPool(specs, {
    snapshotOf: () => undefined,
    workers: 2,
    workerFile,
    signal: new AbortController().signal,
    listen: (spec, message) => heard[specs.indexOf(spec)]?.push(message),
    onFailure: (spec, error) => failures.push(`${spec.method} ${spec.run}: ${error.message}`),
    ...options,
  });
  return { heard, failures };
}

const withoutClock = (messages: readonly RunMessage[]) =>
  messages
    .filter(({ kind }) => kind !== 'progress')
    .map((message) => ('seconds' in message ? { ...message, seconds: 0 } : message));

test('what runs tell does not depend on the number of workers, and comes in order', async () => {
  const specs = [0, 1, 2, 3].flatMap((run) => [specOf('none', run), specOf('gradient', run)]);
  const [one, three] = [await runAll(specs, { workers: 1 }), await runAll(specs, { workers: 3 })];
  expect(three.heard.map(withoutClock)).toEqual(one.heard.map(withoutClock));
  for (const messages of one.heard) {
    expect(withoutClock(messages).map(({ kind }) => kind)).toEqual([
      'begin',
      'evaluation',
      'evaluation',
      'evaluation',
      'end',
    ]);
  }
});

test('a run that throws or takes its thread down is reported, and the others end', async () => {
  const { heard, failures } = await runAll([specOf('broken', 0), specOf('crash', 1), specOf('none', 2)]);
  expect(failures.toSorted()).toEqual([
    expect.stringMatching(/^broken 0: the step diverged/),
    expect.stringMatching(/^crash 1: .*JSON/),
  ]);
  expect(heard.map((messages) => messages.at(-1)?.kind === 'end')).toEqual([false, false, true]);
});

test('a loss that is not finite is reported as null', async () => {
  const { heard } = await runAll([specOf('none', 0)]);
  expect(heard[0]?.[1]).toMatchObject({ kind: 'evaluation', evaluation: { testLoss: null } });
});

test.each(['polite', 'deaf'])('an aborted signal ends a %s run and begins no other', async (method) => {
  const stop = new AbortController();
  const specs = [specOf(method, 0), specOf('none', 1)];
  const kinds: string[] = [];
  const { failures } = await runAll(specs, {
    workers: 1,
    signal: stop.signal,
    listen: (spec, { kind }) => {
      kinds.push(`${spec.method} ${kind}`);
      stop.abort();
    },
  });
  expect(failures).toEqual([]);
  expect(kinds).not.toContain(`${method} end`);
  expect(kinds).not.toContain('none begin');
});

test('a signal that was aborted before lets nothing begin', async () => {
  const { heard } = await runAll([specOf('polite', 0)], { signal: AbortSignal.abort() });
  expect(heard).toEqual([[]]);
});

test('an error of the listener stops all runs and comes out', async () => {
  const listen = () => {
    throw new Error('disk full');
  };
  await expect(runAll([specOf('polite', 0), specOf('polite', 1)], { listen })).rejects.toThrow('disk full');
});

test('no runs need no worker', async () => {
  const { heard } = await runAll([], { workerFile: new URL('file:///nowhere.js') });
  expect(heard).toEqual([]);
});

test('many runs bring no warning about listeners', async () => {
  const warnings: Error[] = [];
  const remember = (warning: Error) => warnings.push(warning);
  process.on('warning', remember);
  await runAll(Array.from({ length: 20 }, (_, run) => specOf('none', run)));
  process.off('warning', remember);
  expect(warnings).toEqual([]);
});
