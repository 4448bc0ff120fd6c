import type { Experiment } from '../experiment.js';
import { loggedName, methodOf } from './methods.js';
import { type SyntheticConfig, syntheticConfig } from './synthetic/config.js';
import { syntheticMethods } from './synthetic/methods.js';

/** The paper's experiment on synthetic data: logistic regression on 15 points, taught by another on 200. */
export const synthetic: Experiment<SyntheticConfig> = {
  name: 'synthetic',
  description: "logistic regression on the paper's 15 points; all methods in a minute",
  protocols: ['published', 'corrected'],
  methods: syntheticMethods,
  methodNames: [...syntheticMethods, 'trajectory'],
  runs: 10,
  defaults: syntheticConfig,
  resolveMethod: (name) => (methodOf(loggedName(name)) ? loggedName(name) : undefined),
  async execute(spec, context) {
    const { execute } = await import('./synthetic/execute.js');
    await execute(spec, context);
  },
};
