import { torchRandom } from '@metadistill/datasets';
import { disposeWeights, type LayersModel, type Model, type Weights } from '@metadistill/models';
import { type InputShapes, isOpen } from './input-shapes.js';

/** A `tf.LayersModel` as a model of ours, with a copy of the weights that it holds. */
export interface AdaptedNetwork {
  readonly model: Model;
  readonly weights: Weights;
  /**
   * Puts weights into the variables that the LayersModel had when it was adapted, even if a layer was frozen since. They are
   * borrowed.
   *
   * @throws Error if the LayersModel was disposed of.
   */
  assign(weights: Weights): void;
}

/** Adapts what is a `tf.LayersModel` for inputs of these shapes; `option` is what errors call it. */
export type AdaptNetwork = (
  option: string,
  layersModel: LayersModel,
  shapes: InputShapes,
) => Promise<AdaptedNetwork>;

/**
 * Adapts networks for one run; `dispose` disposes of the copies of their weights. Dropout draws from the seed.
 *
 * What that takes is loaded when it is needed: a page whose models are of our layers does without.
 */
export function networkAdapter(seed: number): { readonly adapt: AdaptNetwork; dispose(): void } {
  const copies: Weights[] = [];
  return {
    async adapt(option, layersModel, shapes) {
      const { fromLayersModel } = await import('@metadistill/models/layers-model');
      (await import('./expect-alive.js')).expectAlive(option, layersModel);
      const inputShape =
        isOpen(layersModel) && (await import('./open-inputs.js')).shapesBeside(option, layersModel, shapes);
      try {
        const { uniform } = torchRandom(seed);
        const model = fromLayersModel(layersModel, { uniform, ...(inputShape && { inputShape }) });
        const weights = model.initialize(uniform);
        copies.push(weights);
        return { model, weights, assign: assigner(option, layersModel, model.assign) };
      } catch (cause) {
        const Kind = [TypeError, RangeError].find((each) => cause instanceof each) ?? Error;
        throw new Kind(`distil: ${option} does not fit: ${(cause as Error).message}`, { cause });
      }
    },
    dispose: () => copies.forEach(disposeWeights),
  };
}

function assigner(
  option: string,
  { trainableWeights, nonTrainableWeights }: LayersModel,
  assign: AdaptedNetwork['assign'],
): AdaptedNetwork['assign'] {
  const variables = [...trainableWeights, ...nonTrainableWeights].map((weight) => weight.read());
  return (weights) => {
    if (variables.some(({ isDisposed }) => isDisposed)) {
      throw new Error(
        `distil: ${option} was disposed of while it was trained; expected a model that lives until the run has ended. Dispose of ` +
          'it after that.',
      );
    }
    assign(weights);
  };
}
