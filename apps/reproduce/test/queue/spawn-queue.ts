import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { findLogs } from '../../src/logs/find-logs.js';

/** A process that runs on while the test does other things. */
export interface Spawned {
  readonly child: ChildProcess;
  /** What it has written, to stdout and stderr. */
  output(): string;
  /** Waits for it to write what fits. */
  says(pattern: RegExp): Promise<void>;
  /** Sends a signal, and waits for the end. @returns the exit code; null if the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  readonly ended: Promise<number | null>;
}

/** Starts Node, until the test ends at the latest. */
export function spawnNode(
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Spawned {
  const child = spawn(process.execPath, args, { cwd: folder, env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    child,
    ended,
    output: () => text,
    async says(pattern) {
      while (!pattern.test(text)) {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`it ended without saying ${pattern}:\n${text}`);
        }
        await sleep(20);
      }
    },
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** What is equal, bit for bit, in the logs of two results folders that were computed by the same versions: all but the clock. */
export function contentsOf(results: string): Readonly<Record<string, unknown>> {
  const { complete, unfinished } = findLogs(results);
  if (unfinished.length > 0) throw new Error(`${unfinished[0]?.path}: ${unfinished[0]?.reason}`);
  return Object.fromEntries(
    complete.map(({ header }) => {
      const { experiment, protocol, method, run } = header;
      const file = `run-${String(run).padStart(2, '0')}.jsonl`;
      const path = join(experiment, protocol, method, file);
      const lines = readFileSync(join(results, path), 'utf8').trimEnd().split('\n');
      return [path, lines.map((line) => ({ ...JSON.parse(line), seconds: 0, sha256: '' }))];
    }),
  );
}
