import type { MixMetaparameter } from '@metadistill/losses';
import { disposeWeights, type Weights } from '@metadistill/models';
import { ready } from '@tensorflow/tfjs-core';
import type { DistilOptions } from './distil-options.js';
import { awaitable, type DistilRun } from './distil-run.js';
import type { EpochReport } from './epoch-report.js';
import { checkDistil, checkTask } from './plan/check-distil.js';
import { prepareTask } from './prepare-task.js';
import { runEpochs } from './run-epochs.js';

/**
 * Distils a student by a recipe that needs no sweep, or with metaparameters that are tuned while it trains. Starts when it is awaited
 * or iterated.
 *
 *     for await (const { epoch, validation, weights } of distil({ ... })) console.log(epoch, validation.accuracy);
 *
 * By default Adam takes steps on (1 − f)·CE + f·c(T)·KL with f = 0.9, the temperature T at which the teacher gives 0.65 of ten classes to
 * its first choice, and the factor c of `matchedScaling`. With a `controller`, exact scale-free hypergradients of the
 * validation loss move the metaparameters. A student that is better than its teacher on the validation examples, by more than two
 * standard errors, goes on with f = 0, and returns to the teacher if it gets as much worse.
 *
 * Several `teachers` and the labels are mixed by `trustMix`, each trusted by the class that it says: as often as it is right
 * on the validation examples (`countedTrust`) if `validationTeachers` are given, else all alike until a `controller` moves it.
 *
 * `train` has every choice that is made here. Waits for the backend of TensorFlow.js, as wasm needs.
 *
 * @throws Error, TypeError or RangeError before work starts if there is no backend, a loss reads a teacher and there is none,
 *   an option is unknown or contradicts another, or data, labels, logits, counts or losses do not fit; DivergedError if a loss is not finite.
 */
export function distil(
  options: DistilOptions<'trust[]'> & Required<Pick<DistilOptions, 'teachers'>>,
): DistilRun<'trust[]'>;
export function distil<Name extends string = MixMetaparameter>(options: DistilOptions<Name>): DistilRun<Name>;
export function distil<Name extends string>(options: DistilOptions<Name>): DistilRun<Name> {
  return awaitable(reportsOf(options));
}

async function* reportsOf<Name extends string>(
  options: DistilOptions<Name>,
): AsyncGenerator<EpochReport<Name>, void, undefined> {
  await checkDistil(options);
  await backendReady();
  const { task, listeners, assign, dispose } = await prepareTask(options);
  let lent: Weights | undefined;
  try {
    checkTask(task);
    for await (const report of runEpochs(task, listeners, assign)) {
      lent = report.weights;
      yield report;
    }
  } finally {
    // A tf.LayersModel holds them: the report's are a copy that nobody needs.
    if (assign && lent) disposeWeights(lent);
    dispose();
  }
}

async function backendReady(): Promise<void> {
  try {
    await ready();
  } catch (cause) {
    throw new Error(
      `distil: TensorFlow.js has no backend that works (${(cause as Error).message}); expected one. Import one first, such ` +
        "as '@tensorflow/tfjs-backend-cpu'.",
      { cause },
    );
  }
}
