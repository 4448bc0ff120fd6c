import { layersWithin } from './layers-within.js';
import type { LayersModel, LayersModelLayer } from './types.js';

/** The first batch norm that has one value per channel of an example, so that it gives the same for any batch of one. */
export const normalizedAway = (layersModel: LayersModel): string | undefined =>
  layersWithin(layersModel).find((layer) =>
    layer.inboundNodes.some(({ inputTensors }) =>
      inputTensors.some(({ shape }) => isNormalizedAway(layer, shape)),
    ),
  )?.name;

function isNormalizedAway(layer: LayersModelLayer, shape: readonly (number | null)[]): boolean {
  const className = layer.getClassName();
  if (className === 'TimeDistributed') {
    // The layer within it runs step by step.
    const { layer: within } = layer as unknown as { readonly layer: LayersModelLayer };
    return isNormalizedAway(within, [shape[0]!, ...shape.slice(2)]);
  }
  if (className !== 'BatchNormalization') return false;
  const { axis } = layer.getConfig() as { axis: number };
  const channels = axis < 0 ? axis + shape.length : axis;
  return shape.every((length, k) => k === 0 || k === channels || length === 1);
}
