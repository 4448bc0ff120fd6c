import type { Penalty } from '../types.js';
import { isStock } from './is-stock.js';
import type { ListedWeights } from './layers-model-weights.js';
import { layersWithin } from './layers-within.js';
import type { LayersModel, LayersModelLayer, LayersModelWeight } from './types.js';

export interface Regularization {
  /** Those of the trainable weights, in their order; undefined if there are none. */
  readonly penalties: readonly Penalty[] | undefined;
  /** What the model asks of its training that a penalty cannot say, as a sentence with its remedy. */
  readonly refusal: string | undefined;
}

/** Members of tfjs-layers that its declarations leave out. */
interface RegularizedLayer {
  /** One function for each regulariser, or whatever a layer adds by `addLoss`. */
  readonly losses?: readonly unknown[];
}
interface ConstrainedWeight extends LayersModelWeight {
  readonly constraint?: { getClassName(): string } | null;
}

/** A regulariser as tfjs-layers serialises it. */
interface SerializedRegularizer {
  readonly className: string;
  readonly config: { readonly l1?: number; readonly l2?: number };
}

const none: Penalty = { l1: 0, l2: 0 };

/** L1 and L2 regularisers as penalties; constraints and losses of other kinds as a refusal. */
export function regularizationOf(layersModel: LayersModel, { parameters }: ListedWeights): Regularization {
  const found = new Map<LayersModelWeight, Penalty>();
  let refusal: string | undefined;
  const isTrained = (weight: LayersModelWeight) => parameters.includes(weight);
  // A wrapper counts as its own what the layer within it has; a recurrent layer does not what its cell has.
  for (const layer of layersWithin(layersModel).filter((each) => layersWithin(each).length === 0)) {
    const own = ownPenalties(layer);
    for (const [weight, penalty] of own) found.set(weight, penalty);
    refusal ??=
      constraintOf(layersModel, layer, isTrained) ?? otherLossOf(layersModel, layer, own.size, isTrained);
  }
  const penalties = parameters.map((weight) => found.get(weight) ?? none);
  return { penalties: penalties.some(({ l1, l2 }) => l1 + l2 !== 0) ? penalties : undefined, refusal };
}

function ownPenalties(layer: LayersModelLayer): ReadonlyMap<LayersModelWeight, Penalty> {
  const config = layer.getConfig() as Readonly<Record<string, SerializedRegularizer | null | undefined>>;
  const weights = [...layer.trainableWeights, ...layer.nonTrainableWeights];
  return new Map(
    weights.flatMap((weight): [LayersModelWeight, Penalty][] => {
      const option = `${optionOf(weight)}Regularizer`;
      const serialized = config[option];
      const regularizer = (layer as unknown as Readonly<Record<string, unknown>>)[option];
      const isKnown =
        typeof regularizer === 'object' && regularizer !== null && isStock(regularizer, 'apply');
      if (!isKnown || serialized?.className !== 'L1L2') return [];
      const { l1 = 0, l2 = 0 } = serialized.config;
      return [[weight, { l1, l2 }]];
    }),
  );
}

/** `depthwise_kernel` is regularised by `depthwiseRegularizer`, `kernel` by `kernelRegularizer`. */
function optionOf({ originalName }: LayersModelWeight): string {
  const name = originalName.split('/').at(-1)!;
  return name.replace(/_kernel$/, '');
}

function constraintOf(
  { name }: LayersModel,
  layer: LayersModelLayer,
  isTrained: (weight: LayersModelWeight) => boolean,
): string | undefined {
  const constrained = (layer.trainableWeights as readonly ConstrainedWeight[]).find(
    (weight) => weight.constraint != null && isTrained(weight),
  );
  if (constrained === undefined) return undefined;
  const kind = constrained.constraint!.getClassName();
  return `layer ${layer.name} of ${name} constrains its ${optionOf(constrained)} by ${kind}; expected no constraint, as none is applied after a step. Use an L2 regularizer instead, or leave it out.`;
}

function otherLossOf(
  { name }: LayersModel,
  layer: LayersModelLayer,
  known: number,
  isTrained: (weight: LayersModelWeight) => boolean,
): string | undefined {
  const { losses = [] } = layer as RegularizedLayer;
  // A cell is not frozen along with its layer.
  if (!layer.trainableWeights.some(isTrained) || losses.length <= known) return undefined;
  return `layer ${layer.name} of ${name} adds ${losses.length} losses, of which ${known} are of L1 or L2 regularizers; expected no other. Use tf.regularizers.l1l2 instead, or leave it out.`;
}
