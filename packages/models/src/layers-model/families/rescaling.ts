import { rescaling } from '../../layers/normalization/rescaling.js';
import type { Compile } from './types.js';

export const compileRescaling: Compile = ({ name, config }) => {
  const { scale, offset } = config as { scale: number; offset: number };
  return [{ layer: rescaling({ name, scale, offset }) }];
};
