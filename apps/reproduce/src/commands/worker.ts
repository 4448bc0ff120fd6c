import { resolve } from 'node:path';
import { Command } from 'commander';
import { parseQueueAddress, type QueueAddress } from '../queue/queue-address.js';
import type { Environment } from '../runs/environment.js';
import { integerFrom } from './options.js';

interface Options {
  readonly queue: QueueAddress;
  readonly storage?: string;
  readonly concurrency: number;
  readonly once?: boolean;
  readonly lockSeconds: number;
  readonly quiet?: boolean;
}

/** The command that computes runs that others enqueued: `reproduce worker --queue redis://host`. */
export function workerCommand(environment: Environment): Command {
  return new Command('worker')
    .description('compute the runs that `--queue` of an experiment enqueued, on this machine')
    .requiredOption('--queue <url>', 'the Redis that has them: redis://[user:password@]host[:port]', (url) =>
      parseQueueAddress(url),
    )
    .option('--storage <folder>', 'a folder that all machines share, for logs on their way (default: Redis)')
    .option(
      '--concurrency <count>',
      'runs at the same time, a thread each',
      integerFrom('--concurrency', 1, 256),
      1,
    )
    .option('--once', 'end after one run, or as many as --concurrency, and if none is waiting')
    .option(
      '--lock-seconds <count>',
      'give runs to others if their worker is silent for so long',
      integerFrom('--lock-seconds', 1, 86_400),
      30,
    )
    .option('--quiet', 'say nothing but what goes wrong')
    .action(async ({ queue, storage, concurrency, once = false, lockSeconds, quiet = false }: Options) => {
      const { work } = await import('../queue/work.js');
      process.exitCode = await work(
        {
          address: queue,
          ...(storage !== undefined && { storage: resolve(environment.folder, storage) }),
          concurrency,
          once,
          lockSeconds,
          quiet,
        },
        environment,
      );
    });
}
