import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildFakes } from '../build-fakes.js';
import { runProcess } from '../run-process.js';
import { hasRedis } from './start-redis.js';

/** The scripts whose figures are in docs/reliability.md, small. */
describe.skipIf(!hasRedis())('of the queue', () => {
  let main: string;
  beforeAll(async () => {
    ({ main } = await buildFakes('queue-figures-test'));
  });
  const run = (script: string, ...args: string[]) => {
    const path = fileURLToPath(new URL(`../../reliability/${script}`, import.meta.url));
    return runProcess(process.execPath, [path, '--main', main, ...args], tmpdir());
  };

  test('kills of workers, Redis and the coordinator change no log', async () => {
    const { code, stdout, stderr } = await run(
      'queue-kills.js',
      ...[
        '--kills',
        '4',
        '--redis-restarts',
        '1',
        '--coordinator-kills',
        '1',
        '--workers',
        '2',
        '--pause',
        '6',
      ],
      ...['--', 'fake', '--methods', 'steady', '--protocol', 'published', '--runs', '8', '--epochs', '40'],
    );
    expect(stdout + stderr).toContain('8 of 8 logs are equal, 8 are there; 0 keys are left in Redis');
    expect(stdout).toContain('4 kills of 2 workers, 1 of Redis, 1 of the coordinator');
    expect(code).toBe(0);
  });

  test('jobs and runs are counted and timed', async () => {
    const { code, stdout, stderr } = await run(
      'queue-throughput.js',
      ...[
        '--jobs',
        '200',
        '--methods',
        'none,gradient',
        '--runs',
        '30',
        '--',
        'fake',
        '--protocol',
        'published',
      ],
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^200 jobs: enqueued in /m);
    expect(stdout).toMatch(/^[1-9]\.\d\d KiB of Redis per job$/m);
    expect(stdout).toMatch(/^30 runs: .* ms more$/m);
    expect(stdout).toMatch(/^\d+ runs per second, collected$/m);
  });
});
