import { cropping2d } from '../../layers/shape/cropping2d.js';
import { flatten } from '../../layers/shape/flatten.js';
import type { Margins } from '../../layers/shape/margins.js';
import { permute } from '../../layers/shape/permute.js';
import { repeatVector } from '../../layers/shape/repeat-vector.js';
import { reshape } from '../../layers/shape/reshape.js';
import { upSampling2d } from '../../layers/shape/up-sampling2d.js';
import { zeroPadding2d } from '../../layers/shape/zero-padding2d.js';
import type { Layer } from '../../types.js';
import type { Compile, LayerSource } from './types.js';

/** Layers of images with channels last. */
const ofImages =
  (make: (source: LayerSource) => Layer): Compile =>
  (source) =>
    source.config.dataFormat === 'channelsLast' ? [{ layer: make(source) }] : undefined;

export const compileCropping2d = ofImages(({ name, config }) =>
  cropping2d({ name, cropping: config.cropping as Margins }),
);

export const compileUpSampling2d = ofImages(({ name, config }) =>
  upSampling2d({
    name,
    size: config.size as [number, number],
    interpolation: config.interpolation as 'nearest' | 'bilinear',
  }),
);

export const compileZeroPadding2d = ofImages(({ name, config }) =>
  zeroPadding2d({ name, padding: config.padding as Margins }),
);

export const compileFlatten: Compile = ({ name, config }) =>
  config.dataFormat === 'channelsFirst' ? undefined : [{ layer: flatten({ name }) }];

export const compilePermute: Compile = ({ name, config }) => [
  { layer: permute({ name, axes: config.dims as number[] }) },
];

export const compileRepeatVector: Compile = ({ name, config }) => [
  { layer: repeatVector({ name, times: config.n as number }) },
];

/** The shape that tfjs-layers has worked out: no size of it is open. */
export const compileReshape: Compile = ({ name, outputShape }) => [
  { layer: reshape({ name, shape: outputShape }) },
];
