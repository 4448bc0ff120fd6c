import type { Experiment } from '../runs/experiment.js';
import { checkSyntheticConfig } from './synthetic/check-config.js';
import { type SyntheticConfig, syntheticConfig } from './synthetic/config.js';
import { longSearches, syntheticMethods } from './synthetic/methods.js';
import { methodForms, methodNames, resolveMethod } from './training/methods.js';

/** The paper's experiment on synthetic data: logistic regression on 15 points, taught by another on 200. */
export const synthetic: Experiment<SyntheticConfig> = {
  name: 'synthetic',
  description: "logistic regression on the paper's 15 points; the default runs take a minute on two cores",
  protocols: ['published', 'corrected'],
  methods: syntheticMethods,
  methodNames: [...new Set([...syntheticMethods, ...longSearches, ...methodNames])],
  methodForms,
  runs: 10,
  defaults: syntheticConfig,
  resolveMethod,
  async prepare(specs) {
    for (const { config } of specs) checkSyntheticConfig(config);
  },
  async execute(spec, context) {
    const { execute } = await import('./synthetic/execute.js');
    await execute(spec, context);
  },
};
