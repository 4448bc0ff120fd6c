import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compileKernels } from '../wasm/instantiate-kernels.js';
import { startPool, type ThreadPool } from './thread-pool.js';

const pages = 64;

/** As long as that, in milliseconds, the caller does nothing. */
const sleepNow = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** What a body throws at last: on a busy machine a worker may come too late for its first calls. */
function thrownBy(body: () => void): unknown {
  for (;;) {
    try {
      body();
    } catch (error) {
      return error;
    }
  }
}

interface PoolOptions {
  /** What the caller's thread has in place of its own kernels. */
  readonly own?: object;
  readonly patienceMs?: number;
}

async function poolOf(
  threads: number,
  { own, patienceMs }: PoolOptions = {},
): Promise<ThreadPool & { memory: Float32Array }> {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
  const { module, kernels } = await compileKernels(memory, 'simd');
  const pool = await startPool({
    threads,
    module,
    memory,
    kernels: { ...kernels, ...own },
    ...(patienceMs !== undefined && { patienceMs }),
  });
  onTestFinished(() => pool.stop());
  return { ...pool, memory: new Float32Array(memory.buffer) };
}

describe('startPool', () => {
  it.each([2, 3, 8])('runs every job once, on %i threads', async (threads) => {
    const { memory, run } = await poolOf(threads);
    for (let round = 0; round < 2000; round++) {
      const count = (round % 40) + 1;
      memory.fill(2, 0, 1024 * count);
      const jobs = Array.from({ length: count }, (_, i) => [4096 * i, 4096 * i, 1024, i + 1]);
      run({ name: 'scale', jobs });
      for (let i = 0; i < count; i++) {
        if (memory[1024 * i] !== 2 * (i + 1) || memory[1024 * i + 1023] !== 2 * (i + 1)) {
          expect([round, i, memory[1024 * i]]).toEqual([round, i, 2 * (i + 1)]);
        }
      }
    }
  });

  it('shares more jobs out than fit at once', async () => {
    const { memory, run } = await poolOf(2);
    memory.fill(1, 0, 8192);
    run({ name: 'scale', jobs: Array.from({ length: 2048 }, (_, i) => [16 * i, 16 * i, 4, i]) });
    for (let i = 0; i < 2048; i++) expect(memory[4 * i]).toBe(i);
  });

  it('wakes threads that sleep', async () => {
    const { memory, run } = await poolOf(3);
    for (let round = 0; round < 5; round++) {
      await sleep(20);
      memory.fill(1, 0, 64);
      run({ name: 'scale', jobs: Array.from({ length: 16 }, (_, i) => [16 * i, 16 * i, 4, 3]) });
      expect(memory.subarray(0, 64).every((value) => value === 3)).toBe(true);
    }
  });

  it('throws what a worker trapped with, and from then on', async () => {
    const { run } = await poolOf(2, { own: { zero: () => sleepNow(1) } });
    const jobs = Array.from({ length: 64 }, () => [2 ** 32 - 64, 128]);
    expect(thrownBy(() => run({ name: 'zero', jobs }))).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(() => run({ name: 'zero', jobs })).toThrow('out of bounds');
  });

  it('throws what the caller trapped with, when the others have done what they claimed', async () => {
    const { run } = await poolOf(2);
    const jobs = Array.from({ length: 64 }, () => [2 ** 32 - 64, 128]);
    expect(() => run({ name: 'zero', jobs })).toThrow(WebAssembly.RuntimeError);
  });

  it('waits for a thread that is lost no longer than it may take', async () => {
    const { run } = await poolOf(2, { own: { multiplyAddChains: () => sleepNow(1) }, patienceMs: 100 });
    const jobs = Array.from({ length: 64 }, () => [2 ** 31 - 1]);
    const thrown = thrownBy(() => run({ name: 'multiplyAddChains', jobs }));
    expect(thrown).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(String(thrown)).toContain('has not come back with its job');
    expect(() => run({ name: 'multiplyAddChains', jobs })).toThrow(WebAssembly.RuntimeError);
  });

  it('does not start after it was stopped, and leaves nothing of many starts', async () => {
    const handles = () => process.getActiveResourcesInfo().length;
    const before = handles();
    for (let start = 0; start < 20; start++) {
      const pool = await poolOf(3);
      pool.run({
        name: 'zero',
        jobs: [
          [0, 16],
          [16, 16],
          [32, 16],
        ],
      });
      await pool.stop();
      await pool.stop();
      expect(() => pool.run({ name: 'zero', jobs: [[0, 16]] })).toThrow('were stopped');
    }
    expect(handles()).toBeLessThanOrEqual(before);
  });
});
