import { checkNoOptions } from '@metadistill/options';
import { checkedUniform, checkSpace, drawPoint } from './space.js';
import { bestTrial, type TrialsState, tellTrial } from './trials.js';
import type { Search } from './types.js';

/**
 * Independent points from the space, uniform on each dimension's scale.
 *
 * The baseline of every search, and what the paper's use of hyperopt amounts to: its five trials are fewer than the
 * 20 start-up trials that hyperopt draws at random.
 *
 * @see Bergstra, Bengio (2012), Random search for hyper-parameter optimization.
 */
export function randomSearch(...none: []): Search<TrialsState> {
  checkNoOptions('randomSearch', none);
  return {
    name: 'randomSearch',
    initialize(space) {
      checkSpace('randomSearch', space);
      return { space, asked: 0, trials: [] };
    },
    ask: (state, uniform) => ({
      id: state.asked,
      point: drawPoint(state.space, checkedUniform('randomSearch', uniform)),
      state: { ...state, asked: state.asked + 1 },
    }),
    tell: (state, trial) => tellTrial('randomSearch', state, trial),
    best: bestTrial,
  };
}
