import type { LayersModel, LayersModelLayer } from './types.js';

/** A layer that holds others: a model within a model, a wrapper such as `bidirectional`, or a recurrent layer with its cells. */
interface Holder {
  readonly layers?: readonly LayersModelLayer[];
  readonly layer?: LayersModelLayer;
  readonly forwardLayer?: LayersModelLayer;
  readonly backwardLayer?: LayersModelLayer;
  readonly cell?: LayersModelLayer;
  readonly cells?: readonly LayersModelLayer[];
}

/** The layers of a model, those within its layers included. */
export const layersWithin = (holder: LayersModel | LayersModelLayer): LayersModelLayer[] =>
  heldBy(holder).flatMap((layer) => [layer, ...layersWithin(layer)]);

/** The layer that gives a model's output: that of the model within it, if that is one. */
export function lastLayer({ outputs }: Pick<LayersModel, 'outputs'>): LayersModelLayer {
  const last = outputs[0]!.sourceLayer;
  return isModel(last) ? lastLayer(last) : last;
}

/** Whether a layer is a model within the model. */
export const isModel = (layer: object): layer is LayersModel =>
  'layers' in layer && 'inputs' in layer && 'outputs' in layer;

function heldBy(holder: LayersModel | LayersModelLayer): LayersModelLayer[] {
  const { layers = [], layer, forwardLayer, backwardLayer, cell, cells = [] } = holder as Holder;
  const single = [layer, forwardLayer, backwardLayer, cell].filter((each) => each !== undefined);
  return [...layers, ...single, ...cells];
}
