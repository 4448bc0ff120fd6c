import { formatBatchShape, sizeOf } from '../shapes.js';
import { compilers } from './families/table.js';
import { isStock } from './is-stock.js';
import type { Application } from './read-applications.js';
import type { LayersModelLayer } from './types.js';

/** What turns logits into probabilities. */
export type Squashing = NonNullable<Application['squashing']>;

export interface LookedThrough {
  /** The applications that give logits: the squashing one is left out, or marked. */
  readonly applications: readonly Application[] | undefined;
  /** What was looked through, and whether it was a layer of its own. */
  readonly squashing: Squashing | undefined;
}

/**
 * Looks through a softmax or sigmoid at the end of a model, be it a layer or the activation of one, also before layers that
 * only move values: what goes into it are the logits.
 *
 * @throws RangeError if a softmax gives several distributions for an example, or what comes after it makes other
 *   probabilities of them.
 */
export function lookThrough(applications: readonly Application[] | undefined): LookedThrough {
  if (applications === undefined) return { applications, squashing: undefined };
  let at = applications.length - 1;
  while (applications[at] !== undefined && onlyMoves(applications[at]!)) at = applications[at]!.from[0]!;
  const last = applications[at];
  const squashing = last && squashingOf(last.layer);
  if (last === undefined || squashing === undefined) {
    const source = last && probabilitiesIn(applications, last);
    if (source === undefined) return { applications, squashing: undefined };
    throw new RangeError(
      `fromLayersModel: the last layer ${last!.path} gives probabilities, made of the ${squashingOf(source.layer)} of ${source.path}; expected logits. Leave that activation out, or give what a teacher predicts as teacherProbabilities.`,
    );
  }
  const { axis = -1 } = last.layer.getConfig() as { axis?: number };
  const distribution = last.outputShape.at(axis < 0 ? axis : axis - 1);
  if (squashing === 'softmax' && distribution !== sizeOf(last.outputShape)) {
    throw new RangeError(
      `fromLayersModel: the softmax of ${last.path} gives ${formatBatchShape(last.outputShape)}, several distributions for an example; expected one over the classes. Leave it out, or give each its own model.`,
    );
  }
  return {
    squashing,
    applications: applications.map((each, i) => (i === at ? { ...each, squashing } : each)),
  };
}

/** What a layer ends with; a wrapper or a recurrent layer with what the layer or cell within it does. */
export const squashingOf = (layer: LayersModelLayer): Squashing | undefined =>
  squashingIn({ className: layer.getClassName(), config: layer.getConfig() });

/** A layer as tfjs-layers serialises it. */
interface Serialized {
  readonly className: string;
  readonly config: {
    readonly activation?: unknown;
    readonly layer?: Serialized;
    readonly cell?: Serialized;
  };
}

function squashingIn({ className, config }: Serialized): Squashing | undefined {
  if (className === 'Softmax') return 'softmax';
  const within = config.layer ?? config.cell;
  if (within?.config !== undefined) return squashingIn(within);
  const { activation } = config;
  return activation === 'softmax' || activation === 'sigmoid' ? activation : undefined;
}

const globalPooling = [
  'GlobalAveragePooling1D',
  'GlobalAveragePooling2D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
];

/** Whether a layer gives the values that it is given, in their order or another. */
export const onlyMoves = ({ layer, inputShapes, outputShape }: Application): boolean => {
  const className = layer.getClassName();
  const { activation } = layer.getConfig() as { activation?: unknown };
  return (
    ['Flatten', 'Permute', 'Reshape'].includes(className) ||
    (className === 'Activation' && activation === 'linear') ||
    // Of one position.
    (globalPooling.includes(className) && sizeOf(inputShapes[0]!) === sizeOf(outputShape))
  );
};

/** Layers that make probabilities of probabilities, or what is no longer logits, beside those without weights that have rules. */
const others = [
  'AlphaDropout',
  'CenterCrop',
  'Dot',
  'GaussianDropout',
  'GaussianNoise',
  'Masking',
  // Positive values as they are.
  'PReLU',
  'RandomHeight',
  'RandomWidth',
  'Resizing',
];

/** Whether a layer cannot make logits of probabilities; a custom one can, such as their logarithm. */
function keepsProbabilities(layer: LayersModelLayer): boolean {
  const className = layer.getClassName();
  if (className === 'TimeDistributed') {
    return keepsProbabilities((layer as unknown as { readonly layer: LayersModelLayer }).layer);
  }
  const hasWeights = layer.trainableWeights.length + layer.nonTrainableWeights.length > 0;
  const isKnown = others.includes(className) || (compilers.has(className) && !hasWeights);
  return isKnown && isStock(layer, 'call');
}

/** The softmax or sigmoid whose values reach an application by such layers alone, from each of its inputs. */
function probabilitiesIn(
  applications: readonly Application[],
  application: Application,
): Application | undefined {
  const { layer, from } = application;
  if (squashingOf(layer) !== undefined) return application;
  if (!keepsProbabilities(layer)) return undefined;
  const sources = from.map((source) =>
    source < 0 ? undefined : probabilitiesIn(applications, applications[source]!),
  );
  return sources.includes(undefined) ? undefined : sources[0];
}
