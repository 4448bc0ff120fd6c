import {
  getKernelsForBackend,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/** What all calls of a kernel of TensorFlow.js took in one run, the least of all runs. */
export interface KernelTime {
  readonly kernel: string;
  readonly calls: number;
  readonly ms: number;
}

/** Where the time of something goes. */
export interface Profile {
  readonly name: string;
  /** The one that takes most first. */
  readonly kernels: readonly KernelTime[];
  /** What lies between kernels, the least of all runs. */
  readonly betweenMs: number;
}

/**
 * Times every kernel call of a backend that computes within the call, as cpu, wasm and native TensorFlow do.
 *
 * Things run in turns, as in `interleave`. The least is taken since whatever else the machine does only adds to it.
 *
 * @param now a clock in milliseconds.
 */
export async function profileKernels(
  backend: string,
  things: readonly { readonly name: string; run(): Promise<unknown> }[],
  iterations: number,
  now: () => number = () => performance.now(),
): Promise<Profile[]> {
  const clocked = clockKernels(backend, now);
  try {
    const runs: Run[][] = things.map(() => []);
    for (let i = 0; i < iterations; i++) {
      for (const [t, { run }] of things.entries()) {
        clocked.taken.clear();
        const from = now();
        await run();
        const inKernels = [...clocked.taken.values()].reduce((sum, { ms }) => sum + ms, 0);
        runs[t]?.push({ betweenMs: now() - from - inKernels, kernels: new Map(clocked.taken) });
      }
    }
    return things.map(({ name }, t) => ({ name, ...summarize(runs[t] as Run[]) }));
  } finally {
    clocked.restore();
  }
}

interface Taken {
  readonly calls: number;
  readonly ms: number;
}

interface Run {
  readonly betweenMs: number;
  readonly kernels: ReadonlyMap<string, Taken>;
}

/** Puts a clock around every kernel of a backend. */
function clockKernels(
  backend: string,
  now: () => number,
): { readonly taken: Map<string, Taken>; restore(): void } {
  const taken = new Map<string, Taken>();
  const originals = getKernelsForBackend(backend);
  const replace = (config: KernelConfig) => {
    unregisterKernel(config.kernelName, backend);
    registerKernel(config);
  };
  for (const config of originals) {
    const kernelFunc: KernelConfig['kernelFunc'] = (call) => {
      const from = now();
      try {
        return config.kernelFunc(call);
      } finally {
        const { calls, ms } = taken.get(config.kernelName) ?? { calls: 0, ms: 0 };
        taken.set(config.kernelName, { calls: calls + 1, ms: ms + now() - from });
      }
    };
    replace({ ...config, kernelFunc });
  }
  return { taken, restore: () => originals.forEach(replace) };
}

function summarize(runs: readonly Run[]): Omit<Profile, 'name'> {
  const names = new Set(runs.flatMap(({ kernels }) => [...kernels.keys()]));
  const kernels = [...names].map((kernel) => {
    const of = runs.flatMap(({ kernels }) => kernels.get(kernel) ?? []);
    return {
      kernel,
      calls: Math.min(...of.map(({ calls }) => calls)),
      ms: Math.min(...of.map(({ ms }) => ms)),
    };
  });
  return {
    kernels: kernels.sort((a, b) => b.ms - a.ms),
    betweenMs: Math.min(...runs.map(({ betweenMs }) => betweenMs)),
  };
}
