import { formatBatchShape, sizeOf } from '../shapes.js';
import type { Application } from './read-applications.js';

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
 * only reshape: what goes into it are the logits.
 *
 * @throws RangeError if a softmax gives several distributions for an example.
 */
export function lookThrough(applications: readonly Application[] | undefined): LookedThrough {
  if (applications === undefined) return { applications, squashing: undefined };
  let at = applications.length - 1;
  while (applications[at] !== undefined && isReshape(applications[at]!)) at = applications[at]!.from[0]!;
  const last = applications[at];
  const squashing = last && squashingOf(last);
  if (last === undefined || squashing === undefined) return { applications, squashing: undefined };
  if (squashing === 'softmax' && last.outputShape.at(-1) !== sizeOf(last.outputShape)) {
    throw new RangeError(
      `fromLayersModel: the softmax of ${last.path} gives ${formatBatchShape(last.outputShape)}, several distributions for an example; expected one over the classes. Leave it out, or give each its own model.`,
    );
  }
  return {
    squashing,
    applications: applications.map((each, i) => (i === at ? { ...each, squashing } : each)),
  };
}

const isReshape = ({ layer }: Application): boolean => {
  const { activation } = layer.getConfig() as { activation?: unknown };
  return (
    ['Flatten', 'Reshape'].includes(layer.getClassName()) ||
    (layer.getClassName() === 'Activation' && activation === 'linear')
  );
};

/** Layers whose `activation` comes last. */
const activated = [
  'Activation',
  'Conv1D',
  'Conv2D',
  'Conv2DTranspose',
  'Dense',
  'DepthwiseConv2D',
  'SeparableConv2D',
];

function squashingOf({ layer }: Application): Squashing | undefined {
  const className = layer.getClassName();
  const { activation } = layer.getConfig() as { activation?: unknown };
  const kind = className === 'Softmax' ? 'softmax' : activated.includes(className) ? activation : undefined;
  return kind === 'softmax' || kind === 'sigmoid' ? kind : undefined;
}
