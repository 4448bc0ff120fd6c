import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasRedis, startRedis } from '../../test/queue/start-redis.js';
import { runProcess } from '../../test/run-process.js';
import { connectQueue } from './connect-queue.js';
import { parseQueueAddress } from './queue-address.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'connect-queue-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const connect = (url: string) => connectQueue(parseQueueAddress(url, {}));

test('a Redis that is not there is refused at once, without the password', async () => {
  const refused = connect('redis://me:secret@127.0.0.1:1/2');
  await expect(refused).rejects.toThrow(
    /^the queue at redis:\/\/127\.0\.0\.1:1\/2 cannot be used: connect ECONNREFUSED 127\.0\.0\.1:1\. /,
  );
  await expect(refused).rejects.not.toThrow('secret');
});

describe.skipIf(!hasRedis())('a Redis', () => {
  test('lets in who has the password, and others not', async () => {
    const { port } = await startRedis(folder, '--requirepass', 'p@ss:word');
    const connection = await connect(`redis://:p%40ss%3Aword@127.0.0.1:${port}`);
    expect(await connection.ping()).toBe('PONG');
    await connection.quit();
    await expect(connect(`redis://127.0.0.1:${port}`)).rejects.toThrow(/cannot be used: .*NOAUTH/);
    const wrong = connect(`redis://:secret@127.0.0.1:${port}`);
    await expect(wrong).rejects.toThrow(/cannot be used: .*WRONGPASS/);
    await expect(wrong).rejects.not.toThrow('secret');
  });

  test('without such a database is refused', async () => {
    const { url } = await startRedis(folder);
    await expect(connect(`${url}/99`)).rejects.toThrow(/cannot be used: .*DB index is out of range/);
  });

  test('that goes away is waited for, and its outage is told once', async () => {
    const { url, restart } = await startRedis(folder);
    const outages: string[] = [];
    const connection = await connectQueue(parseQueueAddress(url, {}), (reason) => outages.push(reason));
    await connection.set('a', '1');
    await restart();
    while (outages.length === 0) await sleep(20);
    expect(await connection.ping()).toBe('PONG');
    expect(outages).toHaveLength(1);
    await connection.quit();
  });

  test('is reached over TLS by who trusts its certificate, and by no one else', async () => {
    const file = (name: string) => join(folder, name);
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', file('key.pem'), '-out', file('cert.pem')],
    ]);
    expect(made.status).toBe(0);
    const { port: plain } = await startRedis(
      folder,
      ...['--tls-port', '0', '--tls-cert-file', file('cert.pem'), '--tls-key-file', file('key.pem')],
      ...['--tls-auth-clients', 'no', '--requirepass', 'secret'],
    );
    const other = await connect(`redis://:secret@127.0.0.1:${plain}`);
    const port = plain + 1 > 65_535 ? plain - 1 : plain + 1;
    await other.config('SET', 'tls-port', String(port));
    await other.quit();
    await expect(connect(`rediss://:secret@127.0.0.1:${port}`)).rejects.toThrow(/self-signed certificate/);
    const script = `
      import { Redis } from 'ioredis';
      const redis = new Redis({ host: '127.0.0.1', port: ${port}, password: 'secret', tls: {} });
      console.log(await redis.ping());
      await redis.quit();`;
    const trusting = await runProcess(
      'env',
      [`NODE_EXTRA_CA_CERTS=${file('cert.pem')}`, process.execPath, '--input-type=module', '-e', script],
      new URL('.', import.meta.url).pathname,
    );
    expect([trusting.stdout, trusting.stderr]).toEqual(['PONG\n', '']);
  });
});
