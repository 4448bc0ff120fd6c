import type { Redis } from 'ioredis';
import type { RunFiles } from './run-files.js';

/** Files of runs in the Redis of the queue itself: needs no other service, but its memory. */
export function redisFiles(connection: Redis): RunFiles {
  const keyOf = (path: string) => `metadistill:file:${path}`;
  return {
    place: 'the Redis of the queue',
    isImmediate: true,
    read: async (path) => (await connection.getBuffer(keyOf(path))) ?? undefined,
    write: async (path, content) => {
      await connection.set(keyOf(path), Buffer.from(content.buffer, content.byteOffset, content.byteLength));
    },
    remove: async (path) => {
      await connection.unlink(keyOf(path));
    },
  };
}
