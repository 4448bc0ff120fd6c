import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findLogs } from '../../src/logs/find-logs.js';
import { buildFakes } from '../build-fakes.js';
import { contentsOf, spawnNode } from './spawn-queue.js';
import { hasRedis, type StartedRedis, startRedis } from './start-redis.js';

let main: string;
let folder: string;
let redis: StartedRedis;
let connection: Redis;

describe.skipIf(!hasRedis())('a queue', () => {
  beforeAll(async () => {
    ({ main } = await buildFakes('queue-test'));
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'queue-'));
    redis = await startRedis(folder, '--appendonly', 'yes');
    connection = new Redis(redis.url);
    connection.on('error', () => {}); // It is restarted.
  });
  afterEach(() => {
    connection.disconnect();
    rmSync(folder, { recursive: true, maxRetries: 20 }); // Redis still writes there.
  });

  const reproduce = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawnNode([main, ...args], folder, { ...process.env, ...env });
  const onQueue = (...args: string[]) => reproduce(['fake', ...args, '--queue', redis.url]);
  const worker = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
    reproduce(['worker', '--queue', redis.url, '--lock-seconds', '1', ...args], env);
  const steady = ['--methods', 'steady', '--protocol', 'published'];
  /** What the same command gives without a queue. */
  const uninterrupted = async (...args: string[]) => {
    const here = reproduce(['fake', ...args, '--results', 'here']);
    expect([await here.ended, here.output()]).toEqual([0, expect.anything()]);
    return contentsOf(join(folder, 'here'));
  };
  const collected = () => contentsOf(join(folder, 'runs'));
  const snapshotIsKept = async () => {
    while ((await connection.keys('metadistill:file:*.snapshot')).length === 0) await sleep(50);
  };
  /** What of the queue's own is left in Redis. */
  const leftovers = async () =>
    (await connection.keys('*')).filter((key) => !/:(events|stalled-check|id|meta|marker)$/.test(key));

  test('computes what one process would, shows it and leaves nothing behind', async () => {
    const workers = [worker(['--concurrency', '2']), worker()];
    const coordinator = onQueue();
    expect(await coordinator.ended).toBe(0);
    expect(coordinator.output()).toContain(`fake: 8 of 8 runs to do, by the workers of ${redis.url}\n`);
    expect(coordinator.output()).toContain('[8/8] fake ');
    expect(coordinator.output()).toMatch(/8 of 8 runs are done, logged in runs, in \d/);
    expect(coordinator.output()).toContain('### fake, corrected protocol');
    expect(collected()).toEqual(await uninterrupted());
    expect(await leftovers()).toEqual([]);
    for (const each of workers) expect(await each.end('SIGTERM')).toBe(143);
    const again = onQueue();
    expect(await again.ended).toBe(0);
    expect(again.output()).toContain('the logs of all 8 runs are in runs already');
  });

  test('by a shared folder: what is kept there goes away too', async () => {
    const storage = ['--storage', join(folder, 'shared')];
    const other = worker();
    const coordinator = onQueue(...steady, ...storage);
    await coordinator.says(
      /refuses runs: logs are kept in the Redis of the queue, not in the shared folder \S+\n/,
    );
    worker(storage);
    expect(await coordinator.ended).toBe(0);
    await other.end('SIGTERM');
    expect(collected()).toEqual(await uninterrupted(...steady));
    const kept = readdirSync(join(folder, 'shared'), { recursive: true, withFileTypes: true });
    expect(kept.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual(['identity']);
  });

  test('a worker that is killed leaves its run to another one, which continues from its snapshot', async () => {
    const long = [...steady, '--runs', '1', '--epochs', '50'];
    const first = worker();
    const coordinator = onQueue(...long);
    await snapshotIsKept();
    await first.end('SIGKILL');
    const second = worker();
    expect(await coordinator.ended).toBe(0);
    await second.says(/steady run 00: continues after [1-9]\d* evaluations/);
    expect(collected()).toEqual(await uninterrupted(...long));
  });

  test('a worker that gets SIGTERM keeps a snapshot and hands its run back at once', async () => {
    const long = [...steady, '--runs', '1', '--epochs', '50'];
    const first = worker(['--lock-seconds', '600']);
    const coordinator = onQueue(...long);
    await snapshotIsKept();
    expect(await first.end('SIGTERM')).toBe(143);
    expect(first.output()).toContain('steady run 00: handed back');
    const second = worker(['--lock-seconds', '600']);
    expect(await coordinator.ended).toBe(0);
    await second.says(/steady run 00: continues after [1-9]/);
    expect(collected()).toEqual(await uninterrupted(...long));
  });

  test('the coordinator may be stopped or killed: the same command collects what workers did meanwhile', async () => {
    const stopped = onQueue(...steady);
    await stopped.says(/no worker is there yet/);
    expect(await stopped.end('SIGINT')).toBe(130);
    expect(stopped.output()).toContain('Stopped by SIGINT. 0 of 2 runs are done');
    const killed = onQueue(...steady);
    await killed.says(/no worker is there yet/);
    await killed.end('SIGKILL');
    const [first, second] = [worker(['--once']), worker(['--once'])];
    expect([await first.ended, await second.ended]).toEqual([0, 0]);
    const idle = worker(['--once']);
    expect([await idle.ended, idle.output()]).toEqual([0, expect.stringContaining('no run is waiting.')]);
    expect(existsSync(join(folder, 'runs/fake/published/steady/run-00.jsonl'))).toBe(false);
    const last = onQueue(...steady);
    expect(await last.ended).toBe(0);
    expect(collected()).toEqual(await uninterrupted(...steady));
    expect(await leftovers()).toEqual([]);
  });

  test('a Redis that is killed and restarted, or loses everything, only delays the runs', async () => {
    const long = [...steady, '--runs', '4', '--epochs', '40'];
    const own = worker(['--concurrency', '2']);
    const coordinator = onQueue(...long);
    await snapshotIsKept();
    await redis.restart();
    await coordinator.says(/the queue does not answer/);
    await own.says(/the queue does not answer/);
    await own.says(/run 02: begins/);
    await connection.flushall();
    expect(await coordinator.ended).toBe(0);
    expect(coordinator.output()).toContain('is enqueued again: the queue has forgotten it');
    expect(collected()).toEqual(await uninterrupted(...long));
  });

  test('a worker with other data or without the backend refuses, another one computes', async () => {
    const other = worker([], { FAKE_DATA: 'ab' });
    const coordinator = onQueue(...steady);
    await coordinator.says(
      /worker \S+ refuses runs: the fingerprint of images is sha256:xab, not sha256:x\n/,
    );
    const once = worker(['--once'], { FAKE_DATA: 'cd' });
    expect(await once.ended).toBe(1);
    expect(once.output()).toContain('It is left to other workers.');
    worker();
    expect(await coordinator.ended).toBe(0);
    expect(await other.end('SIGTERM')).toBe(143);
    expect(Object.keys(collected())).toHaveLength(2);
    const native = onQueue('--methods', 'none', '--protocol', 'corrected', '--backend', 'webgpu');
    await native.says(/refuses runs: --backend is webgpu; expected a backend that loads here/);
    expect(await native.end('SIGTERM')).toBe(143);
  });

  test('a run that fails is tried again, then listed with its reason; the same command tries it anew', async () => {
    const own = worker(['--concurrency', '3']);
    const args = ['--methods', 'broken,lasting,none', '--protocol', 'published', '--runs', '1'];
    const coordinator = onQueue(...args);
    expect(await coordinator.ended).toBe(1);
    expect(coordinator.output()).toContain('fake published broken run 00 failed: the step diverged\n');
    expect(coordinator.output()).toContain('2 of 3 runs are done');
    await own.says(/broken run 00 failed: /);
    expect(own.output().match(/broken run 00 failed, and is tried again/g)).toHaveLength(2);
    expect(own.output().match(/broken run 00 failed: /g)).toHaveLength(1);
    const again = onQueue(...args);
    expect(await again.ended).toBe(1);
    expect(again.output()).toContain('broken run 00 is tried again, which had failed: the step diverged');
  });

  test('a run that ends every worker is given up', async () => {
    const coordinator = onQueue('--methods', 'fatal', '--protocol', 'published', '--runs', '1');
    expect(await worker().ended).toBe(null);
    const [key] = (await connection.keys('bull:metadistill:*-fatal-*')).filter(
      (each) => !/:lock$/.test(each),
    );
    const job = JSON.parse((await connection.hget(key!, 'data')) as string);
    expect(job.begun).toBe(1);
    await connection.hset(key!, 'data', JSON.stringify({ ...job, begun: 19 }));
    expect(await worker().ended).toBe(null);
    worker();
    expect(await coordinator.ended).toBe(1);
    expect(coordinator.output()).toContain(
      'fatal run 00 failed: it was begun 20 times, and each time its worker ended before the next snapshot.',
    );
  });

  test('runs of another configuration or backend do not meet; --fresh computes again', async () => {
    worker(['--concurrency', '2']);
    const none = ['--methods', 'none', '--protocol', 'published', '--runs', '1'];
    const [short, long] = [
      onQueue(...none, '--epochs', '1', '--results', 'short'),
      onQueue(...none, '--epochs', '2', '--results', 'long'),
    ];
    expect([await short.ended, await long.ended]).toEqual([0, 0]);
    const epochs = (results: string) => findLogs(join(folder, results)).complete[0]?.evaluations.length;
    expect([epochs('short'), epochs('long')]).toEqual([1, 2]);
    const refused = onQueue(...none, '--epochs', '2', '--results', 'short');
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain('is a finished run with another configuration: epochs is 1, not 2');
    const fresh = onQueue(...none, '--epochs', '2', '--results', 'short', '--fresh');
    expect(await fresh.ended).toBe(0);
    expect(epochs('short')).toBe(2);
  });

  test('--fresh deletes nothing if a worker is computing one of the runs otherwise than is asked for', async () => {
    const two = [...steady, '--epochs', '3'];
    const finishing = onQueue(...two);
    // A worker for once ends if nothing is waiting.
    await finishing.says(/no worker is there yet/);
    const once = worker(['--once', '--concurrency', '2']);
    expect(await finishing.ended).toBe(0);
    await once.ended;
    const before = collected();
    const long = worker();
    const computing = onQueue(...steady, '--epochs', '300', '--runs', '1', '--results', 'elsewhere');
    await long.says(/run 00: begins/);
    const refused = onQueue(...[...steady, '--epochs', '300', '--backend', 'cpu', '--runs', '2', '--fresh']);
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(
      'a worker is computing fake published steady run 00 otherwise than is asked for: its backend is auto.',
    );
    expect(collected()).toEqual(before);
    await computing.end('SIGTERM');
  });

  test('what is no refusal, among the refusals in Redis, holds nothing up', async () => {
    await connection.hset('metadistill:refusals', { 'x y': 'not json', 'x z': '{}', z: 'null' });
    const coordinator = onQueue(...steady);
    await coordinator.says(/no worker is there yet/);
    worker(['--concurrency', '2']);
    expect(await coordinator.ended).toBe(0);
    expect(Object.keys(collected())).toHaveLength(2);
  });

  test('what is enqueued by other versions is replaced', async () => {
    const stopped = onQueue(...steady);
    await stopped.says(/no worker is there yet/);
    await stopped.end('SIGINT');
    for (const key of await connection.keys('bull:metadistill:*steady*')) {
      const data = JSON.parse((await connection.hget(key, 'data')) as string);
      await connection.hset(key, 'data', JSON.stringify({ ...data, versions: { node: '1.0.0' } }));
    }
    worker(['--concurrency', '2']);
    const coordinator = onQueue(...steady);
    expect(await coordinator.ended).toBe(0);
    expect(coordinator.output()).toMatch(
      /steady run 00 is enqueued anew: the version of node is 1\.0\.0, not /,
    );
  });

  test('a job that nobody can compute is refused once, before it begins', async () => {
    const coordinator = onQueue(...steady, '--runs', '1');
    await coordinator.says(/no worker is there yet/);
    const [key] = await connection.keys('bull:metadistill:*-steady-00');
    const job = JSON.parse((await connection.hget(key!, 'data')) as string);
    const changed = { ...job, spec: { ...job.spec, config: { ...job.spec.config, epochs: -5 } } };
    await connection.hset(key!, 'data', JSON.stringify(changed));
    const once = worker(['--once']);
    expect(await once.ended).toBe(1);
    expect(
      once.output().match(/is refused: epochs is -5; expected a whole number, 1 to 1000000\./g),
    ).toHaveLength(1);
    expect(once.output()).not.toContain('begins');
    expect(await coordinator.ended).toBe(1);
    expect(coordinator.output()).toContain('steady run 00 failed: epochs is -5; expected a whole number');
  });

  test('no password is printed, wherever it goes wrong', async () => {
    const secret = 'hunter2';
    await connection.config('SET', 'requirepass', secret);
    const address = `redis://:${secret}@127.0.0.1:${redis.port}`;
    const said = [];
    for (const args of [
      ['fake', '--queue', address.replace(secret, `${secret}x`)],
      ['fake', '--queue', `${address}/queue`],
      ['fake', '--queue', address, '--methods', 'none', '--runs', '1', '--protocol', 'published', '--quiet'],
      ['worker', address],
      ['worker', '--queue', address, address],
      ['worker', `--queu=${address}`],
      [address],
      ['fake', '--storage', address],
    ]) {
      const process_ = reproduce(args);
      await process_.says(/no worker is there yet/).catch(() => process_.ended);
      await process_.end('SIGTERM');
      said.push(process_.output());
    }
    expect(said.join('')).not.toContain(secret);
    expect(said.map((text) => text !== '')).toEqual(said.map(() => true));
    const own = reproduce(['worker', '--queue', `redis://127.0.0.1:${redis.port}`], {
      METADISTILL_QUEUE_PASSWORD: secret,
    });
    await own.says(/takes runs of redis:\/\/127/);
    await redis.restart();
    await own.says(/the queue does not answer/);
    expect(await own.end('SIGTERM')).toBe(143);
    expect(own.output()).not.toContain(secret);
  });
});
