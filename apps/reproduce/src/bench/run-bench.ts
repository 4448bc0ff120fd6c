import type { BackendName } from '@metadistill/backend';
import { countOperations, operationsOf } from './count-operations.js';
import { interleave, type Times } from './interleave.js';
import type { BenchModelName } from './model-names.js';
import { benchModels } from './models.js';
import type { Peer } from './peer.js';
import { type Profile, profileKernels } from './profile-kernels.js';
import { type BenchName, benchSteps } from './steps.js';

/** A line of `bench --json`. */
export interface BenchLine {
  readonly bench: BenchName;
  readonly model: BenchModelName;
  readonly batch: number;
  /** A backend of TensorFlow.js, or the peer. */
  readonly backend: string;
  readonly threads: number;
  readonly medianMs: number;
  readonly minMs: number;
  readonly iterations: number;
  readonly rssMb: number;
}

/** What a model's timing gives. */
export interface BenchResult {
  readonly lines: readonly BenchLine[];
  /** Floating-point operations of each step, on the whole batch. */
  readonly operations: Readonly<Record<BenchName, number>>;
  /** Where the time of each step goes, if that was asked for. */
  readonly profiles?: readonly Profile[];
}

export interface BenchOptions {
  readonly model: BenchModelName;
  readonly batch: number;
  readonly backend: BackendName;
  /** Default 1. */
  readonly threads?: number | undefined;
  /** By default as many as suit the model. */
  readonly iterations?: number | undefined;
  readonly peer?: Peer | undefined;
  /** Also time each kernel. */
  readonly profile?: boolean | undefined;
}

/** Times a model's steps on the current backend in turns, with those of a peer between them. */
export async function runBench({
  model: name,
  batch,
  backend,
  threads = 1,
  peer,
  ...options
}: BenchOptions): Promise<BenchResult> {
  const { make, warmUps } = benchModels[name];
  const iterations = options.iterations ?? benchModels[name].iterations;
  const model = make();
  const operations = await countOperations(model);
  const { steps, release } = benchSteps(model, batch);
  const ours = steps.map(({ bench, run }) => ({
    name: bench,
    run: async () => {
      await run();
      return undefined;
    },
  }));
  const theirs = (peer?.benches ?? []).map((bench) => ({
    name: bench as BenchName,
    run: () => (peer as Peer).run(bench),
  }));
  try {
    const times = await interleave([...ours, ...theirs], { iterations, warmUps });
    const profiles = options.profile && (await profileKernels(backend, ours, iterations));
    const line = (each: Times, i: number): BenchLine => ({
      bench: each.name as BenchName,
      model: name,
      batch,
      backend: i < ours.length ? backend : (peer as Peer).name,
      threads,
      medianMs: rounded(each.medianMs),
      minMs: rounded(each.minMs),
      iterations: each.iterations,
      rssMb: Math.round(each.rssMb),
    });
    return {
      lines: times.map(line),
      operations: Object.fromEntries(
        steps.map(({ bench, cost }) => [bench, batch * operationsOf(cost, operations)]),
      ) as BenchResult['operations'],
      ...(profiles && { profiles }),
    };
  } finally {
    await release();
  }
}

/** Milliseconds to a microsecond. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
