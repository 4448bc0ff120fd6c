import { formatBatchShape } from '../../shapes.js';

/** The shape after a pooling of everything but channels. */
export function channelsOf(name: string, inputShape: readonly number[]): readonly number[] {
  if (inputShape.length === 2 || inputShape.length === 3) return inputShape.slice(-1);
  throw new RangeError(
    `${name}: input has shape ${formatBatchShape(inputShape)}; expected [batch, height, width, channels] or [batch, length, channels].`,
  );
}
