import { numpyRandom } from '@metadistill/datasets';
import { randomSearch, type Search, type Trial, tpe } from '@metadistill/search';
import type { Evaluation } from '../log-schema.js';
import type { MetaparameterName } from './draw-metaparameters.js';
import type { Measurement } from './measured-training.js';
import type { MethodKind } from './methods.js';

type Metaparameters = Readonly<Record<MetaparameterName, number>>;

export interface SearchSettings {
  readonly searchTrials: number;
  readonly temperatureLow: number;
  readonly temperatureHigh: number;
}

/**
 * Trains several times with metaparameters that a search asks for; the evaluations of the training with the highest
 * validation accuracy at its end, at the cost of all.
 *
 * @param seed of the search's own random stream.
 */
export async function searchRun(
  method: MethodKind & { readonly kind: 'search' },
  settings: SearchSettings,
  seed: number,
  training: (metaparameters: Metaparameters) => AsyncIterable<Measurement>,
): Promise<Evaluation[]> {
  const search: Search = method.search === 'tpe' ? tpe() : randomSearch();
  const budget = method.trials ?? settings.searchTrials;
  const random = numpyRandom(seed);
  let state = search.initialize([
    { name: 'distillationFraction', low: 0, high: 1 },
    { name: 'temperature', low: settings.temperatureLow, high: settings.temperatureHigh, scale: 'log' },
  ]);
  const trials = new Map<number, Evaluation[]>();
  for (let trial = 0; trial < budget; trial++) {
    const asked = search.ask(state, () => random.uniform(0, 1));
    const evaluations: Evaluation[] = [];
    let accuracy = 0;
    for await (const { evaluation, validationAccuracy } of training(asked.point as Metaparameters)) {
      evaluations.push(evaluation);
      accuracy = validationAccuracy;
    }
    trials.set(asked.id, evaluations);
    state = search.tell(asked.state, { id: asked.id, point: asked.point, loss: -accuracy });
  }
  const best = trials.get((search.best(state) as Trial).id) as Evaluation[];
  return best.map((evaluation) => ({
    ...evaluation,
    forwardEquivalents: evaluation.forwardEquivalents * budget,
  }));
}
