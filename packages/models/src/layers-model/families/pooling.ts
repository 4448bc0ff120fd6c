import { globalAveragePool } from '../../layers/pooling/global-average-pool.js';
import { maxPool2d } from '../../layers/pooling/max-pool2d.js';
import type { Compile } from './types.js';

export const compileMaxPool2d: Compile = ({ name, config }) => {
  const [height, width] = config.poolSize as [number, number];
  const isPlain = height === width && String(config.strides) === `${height},${width}`;
  if (!isPlain || config.padding !== 'valid' || config.dataFormat !== 'channelsLast') return undefined;
  return [
    {
      layer: maxPool2d({ name, poolSize: height }),
      ...(height === 2 && { fusion: { kind: 'maxPool2' } as const }),
    },
  ];
};

export const compileGlobalAveragePool2d: Compile = ({ name, config }) =>
  config.dataFormat === 'channelsLast' ? [{ layer: globalAveragePool({ name }) }] : undefined;
