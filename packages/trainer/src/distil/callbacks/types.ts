/** Numbers by their names, as callbacks of tfjs-layers get them: `loss`, `val_loss`, `val_acc`, ... */
export type DistilLogs = Readonly<Record<string, number>>;

/** What a callback can know of a run before it begins, under the names of tfjs-layers. */
export interface DistilParams {
  readonly epochs: number;
  /** Of training examples. */
  readonly samples: number;
  /** Per epoch. */
  readonly steps: number;
  readonly batchSize: number;
  readonly verbose: number;
  readonly doValidation: boolean;
  /** Names of what `onEpochEnd` is told. */
  readonly metrics: readonly string[];
}

type Hook<Arguments extends readonly unknown[]> = (...given: Arguments) => void | Promise<void>;

/**
 * What is told of a run while it goes on: the callbacks of `fit` of tfjs-layers, plain objects or instances. Each may be
 * asynchronous, and the run waits for it.
 */
export interface DistilCallback {
  setParams?(params: never): void;
  /** Called if the student is a `tf.LayersModel`; `stopTraining = true` on it ends the run after the epoch. */
  setModel?(model: never): void;
  readonly onTrainBegin?: Hook<[logs: DistilLogs]>;
  /** After the last epoch, with its logs; not after an error. */
  readonly onTrainEnd?: Hook<[logs: DistilLogs]>;
  readonly onEpochBegin?: Hook<[epoch: number, logs: DistilLogs]>;
  readonly onEpochEnd?: Hook<[epoch: number, logs: DistilLogs]>;
  /** The batch is counted from 0 in each epoch. */
  readonly onBatchBegin?: Hook<[batch: number, logs: DistilLogs]>;
  /** With `loss`, that of the batch before the step. */
  readonly onBatchEnd?: Hook<[batch: number, logs: DistilLogs]>;
}
