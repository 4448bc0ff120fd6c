import { type NumpyRandomState, numpyRandom, restoreNumpyRandom } from '@metadistill/datasets';
import type { MixMetaparameter } from '@metadistill/losses';
import { type Point, randomSearch, type Search, type Trial, tpe } from '@metadistill/search';
import { DivergedError } from '@metadistill/trainer';
import type { Evaluation } from '../../logs/log-schema.js';
import type { RunContext } from '../../runs/experiment.js';
import type { TemperatureBounds } from './draw-metaparameters.js';
import type { Measurement } from './measured-training.js';
import type { MethodKind } from './methods.js';

type Metaparameters = Readonly<Record<MixMetaparameter, number>>;

export interface SearchSettings extends TemperatureBounds {
  readonly searchTrials: number;
}

/** A training with metaparameters that were asked for, and what was measured of it so far. */
interface OpenTrial {
  readonly id: number;
  readonly point: Point;
  readonly evaluations: readonly Evaluation[];
  readonly validationAccuracies: readonly number[];
}

/** Where a search stands: plain data. */
export interface SearchProgress {
  readonly search: unknown;
  readonly random: NumpyRandomState;
  /** Evaluations of the trials that were trained to their end, by their numbers. */
  readonly finished: ReadonlyMap<number, readonly Evaluation[]>;
  /** The training that is under way. */
  readonly open?: OpenTrial;
}

export interface SearchRunOptions {
  readonly method: MethodKind & { readonly kind: 'search' };
  readonly settings: SearchSettings;
  /** Of the search's own random stream. */
  readonly seed: number;
  /** Where an earlier try of the search stopped. */
  readonly from?: SearchProgress;
  /** What a training is chosen by, of the validation accuracies that were measured in it; by default the last. */
  readonly score?: (validationAccuracies: readonly number[]) => number;
  /** Trains; `resumes` if this training is the one that `from` had open. */
  readonly train: (
    metaparameters: Metaparameters,
    resumes: boolean,
    progress: RunContext['progress'],
  ) => AsyncIterable<Measurement>;
  /** Called with how much of all trainings is done. */
  readonly progress: RunContext['progress'];
  /** Called with every measurement, so that it can be resumed. */
  readonly onProgress?: (progress: SearchProgress, measurement: Measurement) => Promise<void>;
}

const lastOf = (accuracies: readonly number[]): number => accuracies.at(-1) as number;

/**
 * Trains several times with metaparameters that a search asks for; the evaluations of the training with the highest
 * score, at the cost of all.
 *
 * A training that diverges is reported as the worst; @throws its DivergedError if all did.
 */
export async function searchRun(options: SearchRunOptions): Promise<Evaluation[]> {
  const { method, settings, from, train, score = lastOf, progress, onProgress } = options;
  const search: Search = method.search === 'tpe' ? tpe() : randomSearch();
  const budget = method.trials ?? settings.searchTrials;
  const random = from ? restoreNumpyRandom(from.random) : numpyRandom(options.seed);
  const finished = new Map(from?.finished);
  let state =
    from?.search ??
    search.initialize([
      { name: 'distillationFraction', low: 0, high: 1 },
      { name: 'temperature', low: settings.temperatureLow, high: settings.temperatureHigh, scale: 'log' },
    ]);
  let open = from?.open;
  let diverged: DivergedError | undefined;
  while (finished.size < budget) {
    const resumes = open !== undefined;
    if (!open) {
      const asked = search.ask(state, () => random.uniform(0, 1));
      state = asked.state;
      open = { id: asked.id, point: asked.point, evaluations: [], validationAccuracies: [] };
    }
    const trial = finished.size;
    const trialProgress = (done: number, total: number) => progress(trial * total + done, budget * total);
    let loss = Number.POSITIVE_INFINITY;
    try {
      for await (const measurement of train(open.point as Metaparameters, resumes, trialProgress)) {
        open = {
          ...open,
          evaluations: [...open.evaluations, measurement.evaluation],
          validationAccuracies: [...open.validationAccuracies, measurement.validationAccuracy],
        };
        await onProgress?.({ search: state, random: random.state(), finished, open }, measurement);
      }
      loss = -score(open.validationAccuracies);
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      diverged = error;
    }
    const { id, point, evaluations } = open;
    finished.set(id, evaluations);
    state = search.tell(state, { id, point, loss });
    open = undefined;
  }
  const chosen = search.best(state) as Trial;
  // The loss of a training that came to its end is at most 0.
  if (diverged && chosen.loss > 0) throw diverged;
  const best = finished.get(chosen.id) as readonly Evaluation[];
  return best.map((evaluation) => ({
    ...evaluation,
    forwardEquivalents: evaluation.forwardEquivalents * budget,
  }));
}
