import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { connectQueue } from '../../src/queue/connect-queue.js';
import { parseQueueAddress } from '../../src/queue/queue-address.js';

/** Whether Debian's `redis-server` is there; says so if not. */
export function hasRedis(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true;
  console.warn(
    'tests of the queue do not run here: no redis-server. Debian has it: apt-get install redis-server.',
  );
  return false;
}

/** A Redis of a test. */
export interface StartedRedis {
  readonly url: string;
  readonly port: number;
  /** Ends it by SIGKILL, and starts it again from what it had written. */
  restart(): Promise<void>;
}

/**
 * Starts a Redis on a free port of this machine, until the test ends.
 *
 * @param folder - for what it writes.
 * @param settings - further arguments of `redis-server`.
 */
export async function startRedis(folder: string, ...settings: string[]): Promise<StartedRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess;
  const start = async () => {
    server = spawn(
      'redis-server',
      [
        '--port',
        `${port}`,
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        '--save',
        '',
        '--maxmemory-policy',
        'noeviction',
        ...settings,
      ],
      { stdio: 'ignore' },
    );
    await answering(port);
  };
  const end = async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    if (server.kill('SIGKILL')) await ended;
  };
  onTestFinished(end);
  await start();
  return {
    url,
    port,
    restart: async () => {
      await end();
      await start();
    },
  };
}

/** Waits until a Redis has started, whether or not it wants a password. */
async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      const connection = await connectQueue(parseQueueAddress(`redis://127.0.0.1:${port}`, {}));
      connection.disconnect();
      return;
    } catch (error) {
      if (/NOAUTH|WRONGPASS|ECONNRESET|closed/.test((error as Error).message)) return;
      await sleep(50);
    }
  }
  throw new Error('redis-server did not start');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
