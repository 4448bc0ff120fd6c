import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workspaceRoot } from '../native/native-folder.js';
import { runProgram } from '../native/run-program.js';
import type { Repetition } from './interleave.js';
import type { BenchModelName } from './model-names.js';

/** A PyTorch process that makes the same steps, one whenever it is asked to. */
export interface Peer {
  /** `torch-2.13.0`. */
  readonly name: string;
  readonly benches: readonly string[];
  /** One step, timed over there. */
  run(bench: string): Promise<Repetition>;
  end(): void;
}

export interface PeerOptions {
  readonly batch: number;
  readonly threads: number;
}

/**
 * Starts PyTorch on the same model, batch size, steps and number of threads.
 *
 * @param pythons programs of which the first that imports torch is taken.
 * @throws Error if no Python with PyTorch is found.
 */
export async function startPeer(
  model: BenchModelName,
  { batch, threads }: PeerOptions,
  pythons: readonly string[] = ['python3', '/usr/bin/python3'],
): Promise<Peer> {
  const python = await findTorch(pythons);
  const script = join(workspaceRoot(), 'apps', 'reproduce', 'reference', 'bench.py');
  const args = ['--model', model, '--batch', String(batch), '--threads', String(threads)];
  const child = spawn(python, [script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => {}); // It ended: its missing answer says so.
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <Value>(): Promise<Value> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the PyTorch peer ended early; its own message is above.');
    return JSON.parse(value);
  };
  const hello = await answer<{ readonly name: string; readonly benches: readonly string[] }>();
  return {
    ...hello,
    run(bench) {
      child.stdin.write(`${bench}\n`);
      return answer<Repetition>();
    },
    end: () => child.stdin.end(),
  };
}

async function findTorch(pythons: readonly string[]): Promise<string> {
  for (const python of pythons) {
    const { code } = await runProgram({ program: python, args: ['-c', 'import torch'], timeoutMs: 60_000 });
    if (code === 0) return python;
  }
  throw new Error(
    `--peer needs PyTorch, which ${pythons.join(' and ')} cannot import. ` +
      'Install it (Debian: apt-get install python3-torch; else: python3 -m pip install torch), or leave out --peer.',
  );
}
