import {
  batchNorm2d,
  engine,
  moments,
  mul,
  ones,
  reshape,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { canFuse, onlyTensor, replaceCall, type StockLayer, type StockWeight } from './registered-layer.js';

/** What we use of tfjs-layers' `BatchNormalization`. */
interface BatchNormalization extends StockLayer {
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  /** Missing with `scale: false`. */
  readonly gamma?: StockWeight | null;
  /** Missing with `center: false`. */
  readonly beta?: StockWeight | null;
  readonly movingMean: StockWeight;
  readonly movingVariance: StockWeight;
}

/**
 * Batch norm as tfjs-layers defines it: by the moments of the batch in training, which the running ones then approach, and
 * by the running ones otherwise.
 *
 * TensorFlow.js composes moments and norm of some thirty passes over the batch with their gradients; one kernel and one
 * gradient take three and five where the backend has them. Its own also normalises along the wrong axis unless `axis` is
 * the last one, throws without a scale or a centre in training, and takes no more than four axes.
 */
export function replaceBatchNormalization(): void {
  replaceCall<BatchNormalization>(
    'BatchNormalization',
    () =>
      function (inputs, options) {
        const { training = false } = options;
        return tidy(() => {
          this.invokeCallHook(inputs, options);
          const input = onlyTensor(inputs);
          const { toLast, fromLast, channels } = channelsLast(input, this.axis);
          const x = toLast(input);
          const scale = (this.gamma?.read() ?? ones([channels])) as Tensor1D;
          const offset = (this.beta?.read() ?? zeros([channels])) as Tensor1D;
          if (!training) {
            const [mean, variance] = [this.movingMean.read(), this.movingVariance.read()] as Tensor1D[];
            return fromLast(
              overRows(x, (rows) => batchNorm2d(rows, mean!, variance!, offset, scale, this.epsilon)),
            );
          }
          const { y, mean, variance } = normaliseBatch(x, scale, offset, this.epsilon);
          approach([this.movingMean, this.movingVariance], [mean, variance], this.momentum);
          return fromLast(y);
        });
      },
  );
}

interface NormalisedBatch {
  readonly y: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** By the moments of x, `[..., channels]`. */
function normaliseBatch(x: Tensor, scale: Tensor1D, offset: Tensor1D, epsilon: number): NormalisedBatch {
  if (x.dtype === 'float32' && canFuse('MetadistillBatchNormTraining')) {
    const inputs = { x, scale, offset };
    const [y, mean, variance] = engine().runKernel('MetadistillBatchNormTraining', inputs, {
      epsilon,
    }) as Tensor[];
    return { y: y!, mean: mean!, variance: variance! };
  }
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const { mean, variance } = moments(x, axes) as { mean: Tensor1D; variance: Tensor1D };
  const y = overRows(x, (rows) => batchNorm2d(rows, mean, variance, offset, scale, epsilon));
  return { y, mean, variance };
}

/** Computes on x, `[..., channels]`, as rows of channels: TensorFlow.js' own takes no more than four axes. */
const overRows = (x: Tensor, compute: (rows: Tensor2D) => Tensor): Tensor =>
  reshape(compute(reshape(x, [-1, x.shape.at(-1)!])), x.shape);

/** Moves the axis of the channels to the end, and back. */
function channelsLast({ rank, shape }: Tensor, axis: number) {
  const channelAxis = axis < 0 ? axis + rank : axis;
  const channels = shape[channelAxis]!;
  if (channelAxis === rank - 1) return { toLast: unmoved, fromLast: unmoved, channels };
  const others = Array.from({ length: rank }, (_, each) => each).filter((each) => each !== channelAxis);
  const order = [...others, channelAxis];
  const back = order.map((_, each) => order.indexOf(each));
  return {
    toLast: (x: Tensor): Tensor => transpose(x, order),
    fromLast: (y: Tensor): Tensor => transpose(y, back),
    channels,
  };
}

const unmoved = (x: Tensor): Tensor => x;

/** Moves running statistics by 1 − momentum of the way to those of the batch. */
function approach(weights: readonly StockWeight[], values: readonly Tensor[], momentum: number): void {
  const current = weights.map((weight) => weight.read());
  const rest = 1 - momentum;
  const moved = canFuse('MetadistillCombine')
    ? (engine().runKernel('MetadistillCombine', [...current, ...values] as never, {
        xScale: momentum,
        yScales: [rest, rest],
      }) as unknown as Tensor[])
    : current.map((each, i) => sub(each, mul(sub(each, values[i]!), rest)));
  for (const [i, weight] of weights.entries()) weight.write(moved[i]!);
}
