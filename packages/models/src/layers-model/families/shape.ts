import { flatten } from '../../layers/shape/flatten.js';
import type { Compile } from './types.js';

export const compileFlatten: Compile = ({ name, config }) =>
  config.dataFormat === 'channelsFirst' ? undefined : [{ layer: flatten({ name }) }];
