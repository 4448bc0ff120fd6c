import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasRedis, startRedis } from '../../test/queue/start-redis.js';
import { connectQueue } from './connect-queue.js';
import { folderFiles } from './folder-files.js';
import { parseQueueAddress } from './queue-address.js';
import { redisFiles } from './redis-files.js';
import type { RunFiles } from './run-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a shared folder', () => {
  test('keeps files', () => keepsFiles(folderFiles(join(folder, 'deep', 'down'))));

  test('is one place by whatever path it is reached, and another one than its neighbour', () => {
    const here = folderFiles(join(folder, 'a'));
    expect(folderFiles(join(folder, 'b', '..', 'a')).place).toBe(here.place);
    expect(folderFiles(join(folder, 'b')).place).not.toBe(here.place);
    expect(readdirSync(join(folder, 'a'))).toEqual(['identity']);
  });

  test('that cannot be made is refused', () => {
    expect(() => folderFiles('/dev/null/shared')).toThrow(
      /the shared folder .* cannot be written: .*--storage/,
    );
  });
});

describe.skipIf(!hasRedis())('Redis', () => {
  test('keeps files', async () => {
    const { url } = await startRedis(folder);
    const connection = await connectQueue(parseQueueAddress(url, {}));
    await keepsFiles(redisFiles(connection));
    expect(await connection.keys('*')).toEqual([]);
    await connection.quit();
  });
});

async function keepsFiles(files: RunFiles): Promise<void> {
  const path = 'abc/fake/published/none/run-00.jsonl';
  expect(await files.read(path)).toBeUndefined();
  await files.remove(path);
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256);
  await files.write(path, bytes.subarray(1));
  expect(Buffer.compare((await files.read(path))!, bytes.subarray(1))).toBe(0);
  await files.write(path, Uint8Array.of());
  expect(await files.read(path)).toHaveLength(0);
  await files.remove(path);
  expect(await files.read(path)).toBeUndefined();
}
