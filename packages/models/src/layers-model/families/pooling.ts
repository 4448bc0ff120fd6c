import { averagePool1d } from '../../layers/pooling/average-pool1d.js';
import { averagePool2d } from '../../layers/pooling/average-pool2d.js';
import { averagePool3d } from '../../layers/pooling/average-pool3d.js';
import { globalAveragePool } from '../../layers/pooling/global-average-pool.js';
import { globalMaxPool } from '../../layers/pooling/global-max-pool.js';
import { maxPool1d } from '../../layers/pooling/max-pool1d.js';
import { maxPool2d } from '../../layers/pooling/max-pool2d.js';
import { maxPool3d } from '../../layers/pooling/max-pool3d.js';
import type { PoolOptions } from '../../layers/pooling/pool-options.js';
import type { Layer, LayerOptions } from '../../types.js';
import type { Compile, LayerSource } from './types.js';

/** Sequences have no data format. */
const isChannelsLast = ({ config }: LayerSource) => (config.dataFormat ?? 'channelsLast') === 'channelsLast';

/** Pooling by windows: tfjs-layers serialises sizes as arrays, one for each axis. */
const windowed =
  <Size>(make: (options: PoolOptions<Size>) => Layer): Compile =>
  (source) => {
    const { name, config } = source;
    const [poolSize, strides] = [config.poolSize as Size, config.strides as Size];
    const padding = config.padding as 'valid' | 'same';
    return isChannelsLast(source) ? [{ layer: make({ name, poolSize, strides, padding }) }] : undefined;
  };

export const compileAveragePool1d = windowed(averagePool1d);
export const compileAveragePool2d = windowed(averagePool2d);
export const compileAveragePool3d = windowed(averagePool3d);
export const compileMaxPool1d = windowed(maxPool1d);
export const compileMaxPool3d = windowed(maxPool3d);

export const compileMaxPool2d: Compile = (source) => {
  const { poolSize, strides, padding } = source.config;
  const isFusable = [poolSize, strides].every((sides) => String(sides) === '2,2') && padding === 'valid';
  const steps = windowed(maxPool2d)(source);
  return steps?.map((step) => ({ ...step, ...(isFusable && { fusion: { kind: 'maxPool2' } as const }) }));
};

const global =
  (make: (options: LayerOptions) => Layer): Compile =>
  (source) =>
    isChannelsLast(source) ? [{ layer: make({ name: source.name }) }] : undefined;

export const compileGlobalAveragePool = global(globalAveragePool);
export const compileGlobalMaxPool = global(globalMaxPool);
