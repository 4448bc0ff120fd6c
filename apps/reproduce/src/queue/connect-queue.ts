import type { Redis } from 'ioredis';
import { connectionOptions, type QueueAddress } from './queue-address.js';

/** Longest pause between two tries to reach a Redis that has gone away. */
const longestPauseMs = 2000;

/**
 * Connects to the Redis of a queue. If it goes away later, commands wait until it is back, for as long as it takes.
 *
 * @param onOutage - hears when it has gone away, and why, once per outage.
 * @throws Error if it cannot be reached, or does not let us in.
 */
export async function connectQueue(
  address: QueueAddress,
  onOutage: (reason: string) => void = () => {},
): Promise<Redis> {
  const { Redis } = await import('ioredis');
  let ready = false;
  let available = true;
  let problem: Error | undefined;
  const connection = new Redis({
    ...connectionOptions(address),
    lazyConnect: true,
    connectTimeout: 10_000,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (ready ? Math.min(100 * times, longestPauseMs) : null),
  });
  const hear = (reason: string) => {
    if (ready && available) onOutage(reason);
    available = false;
  };
  connection.on('error', (error: Error) => {
    problem = error;
    hear(reasonOf(error));
  });
  connection.on('close', () => {
    if (connection.status !== 'end') hear('the connection was closed');
  });
  connection.on('ready', () => {
    available = true;
  });
  try {
    await connection.connect();
    await connection.ping();
    if (problem) throw problem; // Such as a database that is not there, with which we would be let in all the same.
  } catch (error) {
    connection.disconnect();
    throw new Error(
      `the queue at ${address.shown} cannot be used: ${reasonOf(problem ?? (error as Error))}. Look at it with ` +
        '`reproduce doctor --queue`.',
    );
  }
  ready = true;
  return connection;
}

/** Why, in a few words; never with what was sent. */
function reasonOf(error: Error & { readonly code?: string }): string {
  return (error.message || error.code || error.name).replace(/\.$/, '');
}
