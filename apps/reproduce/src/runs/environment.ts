import type { Experiment } from './experiment.js';

/** What the command line works with; tests give it experiments of their own. */
export interface Environment {
  readonly experiments: readonly Experiment[];
  /** The module that a worker thread loads; it exports `executeRun` for these experiments. */
  readonly workerFile: URL;
  /** Where relative paths on the command line start. */
  readonly folder: string;
  /** The committed logs that runs are compared with; absolute. */
  readonly reference: string;
  /** What `--version` prints. */
  readonly version: string;
}
