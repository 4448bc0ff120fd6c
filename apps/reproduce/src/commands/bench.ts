import type { BackendName, KernelArithmetic } from '@metadistill/backend';
import { Command } from 'commander';
import { type BenchModelName, benchModelNames } from '../bench/model-names.js';
import { arithmetics, backendNames, integerFrom, oneOf } from './options.js';

interface Options {
  readonly json?: true;
  readonly backend: 'auto' | BackendName;
  readonly arithmetic: KernelArithmetic;
  readonly model?: BenchModelName;
  readonly batch?: number;
  readonly iterations?: number;
  readonly threads?: number;
  readonly peer?: true;
  readonly profile?: true;
}

/** The command that times steps of training: `reproduce bench --model cifar-very-tiny --peer`. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('time the steps of training')
    .option('--json', 'one JSON object per line in place of tables')
    .option('--backend <name>', `one of ${backendNames.join(', ')}`, oneOf('backend', backendNames), 'auto')
    .option(
      '--arithmetic <name>',
      `on wasm, one of ${arithmetics.join(', ')}`,
      oneOf('arithmetic', arithmetics),
      'fast',
    )
    .option(
      '--model <name>',
      `one of ${benchModelNames.join(', ')} (default: all)`,
      oneOf('model', benchModelNames),
    )
    .option(
      '--batch <size>',
      'examples in a batch (default: 128, of resnet18 16)',
      integerFrom('--batch', 2, 2 ** 16),
    )
    .option(
      '--iterations <count>',
      'repetitions that count (default: what suits the model)',
      integerFrom('--iterations', 1, 1_000_000),
    )
    .option(
      '--threads <count>',
      'threads that compute on wasm (default: as many as there are cores)',
      integerFrom('--threads', 1, 256),
    )
    .option('--peer', 'the same steps in PyTorch beside ours, in as many threads')
    .option('--profile', 'also tell where the time of each step goes, kernel by kernel')
    .action(async ({ json, model, backend: prefer, arithmetic, threads, ...options }: Options) => {
      const { measurePeak } = await import('@metadistill/backend');
      const { requireBackend } = await import('../native/require-backend.js');
      const { benchModels } = await import('../bench/models.js');
      const { startPeer } = await import('../bench/peer.js');
      const { runBench } = await import('../bench/run-bench.js');
      const { renderBench } = await import('../bench/render-bench.js');
      const { renderProfiles } = await import('../bench/render-profiles.js');
      const backend = await requireBackend({ prefer, arithmetic, threads: threads ?? 'auto' });
      const count = backend.threads ?? 1;
      const models = model ? [model] : benchModelNames;
      const say = json ? console.error : console.log;
      if (options.profile && backend.name === 'webgpu')
        throw new Error('--profile cannot time webgpu, which computes after its calls return. Leave it out.');
      say(backend.reason);
      const peak = await measurePeak({ now: () => performance.now() });
      say(`peak of one core in WebAssembly ${peak.kernelBuild}: ${peak.gigaflops.toFixed(1)} GFLOP/s\n`);
      for (const name of models) {
        const batch = options.batch ?? benchModels[name].batch;
        const peer = options.peer ? await startPeer(name, { batch, threads: count }) : undefined;
        if (peer) say(`beside it: ${peer.name}, threads: ${count}`);
        try {
          const result = await runBench({
            ...options,
            model: name,
            batch,
            backend: backend.name,
            threads: count,
            peer,
          });
          if (json) for (const line of result.lines) console.log(JSON.stringify(line));
          else console.log(renderBench(result, peak));
          if (result.profiles) say(`${renderProfiles(result.profiles)}\n`);
        } finally {
          peer?.end();
        }
      }
    });
}
