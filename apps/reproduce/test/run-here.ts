import { format } from 'node:util';
import { vi } from 'vitest';
import { runCli } from '../src/cli.js';
import type { Environment } from '../src/runs/environment.js';
import type { EndedProcess } from './run-process.js';

/** Runs a command line in this process, where it need not be started and load its modules first. */
export async function runHere(args: readonly string[], environment: Environment): Promise<EndedProcess> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).flatMap((stream) => [
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      written[stream] += chunk;
      return true;
    }),
    // Vitest's console does not write there.
    vi.spyOn(console, stream === 'stdout' ? 'log' : 'error').mockImplementation((...values) => {
      written[stream] += `${format(...values)}\n`;
    }),
  ]);
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await runCli(args, environment);
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
