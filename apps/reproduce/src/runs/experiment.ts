import type { BackendChoice, BackendName, KernelArithmetic } from '@metadistill/backend';
import type { Evaluation } from '../logs/log-schema.js';

/** `published` does what the authors' code did; `corrected` compares like with like. */
export type Protocol = 'published' | 'corrected';

export type ConfigValue = number | string | boolean | readonly number[];

/**
 * Every value that a result depends on, flat, each with a default that gives its type: `--set key=value` changes one.
 * Declare a concrete configuration with `type`, not `interface`, so that it fits here.
 */
export type ExperimentConfig = Readonly<Record<string, ConfigValue>> & { readonly epochs: number };

/** One run: plain data, so that it crosses to a worker. The result depends on nothing else. */
export interface RunSpec<Config extends ExperimentConfig = ExperimentConfig> {
  readonly experiment: string;
  readonly protocol: Protocol;
  /** The name it is logged under, as `resolveMethod` returns it. */
  readonly method: string;
  /** From 0. */
  readonly run: number;
  readonly config: Config;
  readonly backend: 'auto' | BackendName;
  /** Of our kernels on wasm. Left out: direct, as that of the committed logs. */
  readonly arithmetic?: KernelArithmetic;
}

/** What is known once a run begins to compute. */
export interface RunStart {
  readonly backend: Pick<BackendChoice, 'name' | 'reason' | 'kernels'>;
  readonly seed: number;
  /** What the run computes on, by name: `sha256:…` of the data set, of the teacher's logits. Empty if it draws its data. */
  readonly data: Readonly<Record<string, string>>;
}

/** How a run tells what it does. The worker adds the clock. */
export interface RunContext {
  /** Once, when the data are ready and before the first `emit`: opens the log and starts the clock. */
  begin(start: RunStart): void;
  /** Each time accuracy is measured; the last one is the result. */
  emit(evaluation: Evaluation): void;
  /** As often as convenient, every iteration if need be: also notices here that the run is to stop. */
  progress(done: number, total: number): void;
  /** What `save` was last given in an earlier try of this run, which resumes from there. */
  readonly snapshot: Uint8Array | undefined;
  /** Keeps all that the run needs to resume bit for bit, in case it is cut short. After an `emit`, if at all. */
  save(snapshot: Uint8Array): void;
  /** That may compute on wasm; the results do not depend on it. Left out: one. */
  readonly threads?: number;
  /** Aborted if the run is to stop; what was emitted stays in the log, the run does not count. */
  readonly signal: AbortSignal;
}

/** An experiment as a value: one file in `experiments/`, one line in `experiments/index.ts`. */
export interface Experiment<Config extends ExperimentConfig = ExperimentConfig> {
  readonly name: string;
  /** One line for `--help`. */
  readonly description: string;
  /** Run if `--protocol` is not given. */
  readonly protocols: readonly Protocol[];
  /** Run if `--methods` is not given, in the order of the table. */
  readonly methods: readonly string[];
  /** Names that `resolveMethod` takes, of each of `methodForms` an example or more: what a typo is compared with. */
  readonly methodNames: readonly string[];
  /** Forms with a number to fill in that `resolveMethod` takes too: `every-<k>`. */
  readonly methodForms: readonly string[];
  /** Runs of each method if `--runs` is not given. */
  readonly runs: number;
  /** Why none of its runs are committed, if none are meant to be: the end of a sentence. */
  readonly withoutReference?: string;
  defaults(protocol: Protocol): Config;
  /** The name that a method is logged under (`trajectory` is `trajectory-10x2`); undefined for an unknown one. */
  resolveMethod(name: string): string | undefined;
  /** Throws before anything starts if data are missing or a configuration cannot work. */
  prepare?(specs: readonly RunSpec<Config>[]): Promise<void>;
  /**
   * What a run would give as the `data` of its start, without computing it: two machines agree on it before one computes
   * for the other. Left out by an experiment that draws its data.
   */
  fingerprints?(spec: RunSpec<Config>): Promise<Record<string, string>>;
  /** Called in a worker. Import what computes dynamically here: the command line needs no tensors. */
  execute(spec: RunSpec<Config>, context: RunContext): Promise<void>;
}
