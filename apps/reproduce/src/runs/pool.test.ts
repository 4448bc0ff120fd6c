import { beforeAll, expect, test } from 'vitest';
import { buildFakes } from '../../test/build-fakes.js';
import { fakeExperiment } from '../../test/fake-experiment.js';
import type { RunSpec } from './experiment.js';
import { createRunPool, type PooledRunOptions, type RunPoolOptions } from './pool.js';
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

async function runAll(
  specs: readonly RunSpec[],
  {
    workers = 2,
    signal = new AbortController().signal,
    listen,
  }: Partial<RunPoolOptions & PooledRunOptions> = {},
) {
  const heard = specs.map((): RunMessage[] => []);
  const failures: string[] = [];
  const pool = createRunPool({ workers, workerFile });
  const runs = specs.map(async (spec, i) => {
    const options = { signal, snapshot: undefined, listen: listen ?? ((message) => heard[i]?.push(message)) };
    try {
      await pool.run(spec, options);
    } catch (error) {
      failures.push(`${spec.method} ${spec.run}: ${(error as Error).message}`);
    }
  });
  await Promise.all(runs);
  await pool.close();
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
  const kinds: string[] = [];
  const listen = ({ kind }: RunMessage) => {
    kinds.push(kind);
    stop.abort(new Error('enough'));
  };
  const { failures } = await runAll([specOf(method, 0), specOf('none', 1)], {
    workers: 1,
    signal: stop.signal,
    listen,
  });
  expect(failures.toSorted()).toEqual([`${method} 0: enough`, 'none 1: enough'].toSorted());
  expect(kinds.filter((kind) => kind === 'begin')).toHaveLength(1);
  expect(kinds).not.toContain('end');
});

test('a run that is stopped leaves its thread to the next one, a deaf one a new thread', async () => {
  const pool = createRunPool({ workers: 1, workerFile });
  const stop = new AbortController();
  const stopAtOnce = () => stop.abort('enough');
  const stopped = pool.run(specOf('deaf', 0), {
    signal: stop.signal,
    snapshot: undefined,
    listen: stopAtOnce,
  });
  await expect(stopped).rejects.toBe('enough');
  const kinds: string[] = [];
  const listen = ({ kind }: RunMessage) => void kinds.push(kind);
  await pool.run(specOf('none', 1), { signal: new AbortController().signal, snapshot: undefined, listen });
  expect(kinds.at(-1)).toBe('end');
  await pool.close();
});

test('a signal that was aborted before lets nothing begin', async () => {
  const { heard, failures } = await runAll([specOf('polite', 0)], {
    signal: AbortSignal.abort(new Error('no')),
  });
  expect([heard, failures]).toEqual([[[]], ['polite 0: no']]);
});

test('an error of the listener stops its run and comes out of it', async () => {
  const listen = () => {
    throw new Error('disk full');
  };
  const { failures } = await runAll([specOf('polite', 0), specOf('none', 1)], { listen });
  expect(failures.toSorted()).toEqual(['none 1: disk full', 'polite 0: disk full']);
});

test('a pool without runs starts no worker', async () => {
  await createRunPool({ workers: 2, workerFile: new URL('file:///nowhere.js') }).close();
});

test('many runs bring no warning about listeners', async () => {
  const warnings: Error[] = [];
  const remember = (warning: Error) => warnings.push(warning);
  process.on('warning', remember);
  await runAll(Array.from({ length: 20 }, (_, run) => specOf('none', run)));
  process.off('warning', remember);
  expect(warnings).toEqual([]);
});
