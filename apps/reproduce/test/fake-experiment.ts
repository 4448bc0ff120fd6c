import { setTimeout as sleep } from 'node:timers/promises';
import type { Experiment, RunSpec } from '../src/runs/experiment.js';

type FakeConfig = {
  readonly epochs: number;
  readonly learningRate: number;
  readonly augment: boolean;
  readonly label: string;
  readonly milestones: readonly number[];
};

const dataOf = ({ label }: FakeConfig): Record<string, string> => ({
  images: `sha256:${label}${process.env.FAKE_DATA ?? ''}`,
});

/** The result of a run of the fake experiment: depends on the run and the protocol alone. */
export const fakeAccuracy = ({ run, protocol }: Pick<RunSpec, 'run' | 'protocol'>): number =>
  0.5 + run / 100 + (protocol === 'corrected' ? 0.2 : 0);

/** Of this thread. */
let brokenEngine: Error | undefined;

/**
 * An experiment without training. `none` and `gradient` end at once, `broken` throws, `crash` takes its thread down
 * later, `polite` goes on until it is told to stop, `deaf` for ever and without an ear for it. `lasting` throws after its
 * second epoch, and resumes from its snapshot to the end; `unended` throws after its last one, and has only to end then.
 * `trapped` breaks its thread's engine after the first epoch, `untenable` always before it; a broken one breaks every run.
 * `steady` takes 100 ms for an epoch and then saves a snapshot, without the thread being busy; `fatal` ends its process.
 *
 * FAKE_DATA in the environment gives it other data.
 */
export const fakeExperiment: Experiment<FakeConfig> = {
  name: 'fake',
  description: 'an experiment without training',
  protocols: ['published', 'corrected'],
  methods: ['none', 'gradient'],
  methodNames: [
    'none',
    'gradient',
    'gradient-alias',
    'broken',
    'crash',
    'polite',
    'deaf',
    'lasting',
    'unended',
    'trapped',
    'untenable',
    'steady',
    'fatal',
  ],
  methodForms: [],
  runs: 2,
  defaults: () => ({ epochs: 3, learningRate: 0.1, augment: false, label: 'x', milestones: [1, 2] }),
  resolveMethod(name) {
    return name === 'gradient-alias' ? 'gradient' : this.methodNames.find((known) => known === name);
  },
  async prepare(specs) {
    if (specs.some(({ config }) => config.label === 'no data')) throw new Error('the data are not there');
  },
  fingerprints: async ({ config }) => dataOf(config),
  async execute({ method, config, ...spec }, { begin, emit, progress, signal, snapshot, save }) {
    begin({
      backend: { name: 'cpu', reason: 'fake' },
      seed: 42 + spec.run,
      data: dataOf(config),
    });
    const trap = () => {
      brokenEngine = Object.assign(new Error('the engine trapped.'), { name: 'EngineBrokenError' });
    };
    if (method === 'untenable') trap();
    if (brokenEngine) throw brokenEngine;
    for (let epoch = snapshot?.[0] ?? 0; epoch < config.epochs; epoch++) {
      emit({
        epoch,
        iteration: 10 * (epoch + 1),
        testAccuracy: epoch === config.epochs - 1 ? fakeAccuracy(spec) : 0.1,
        testLoss: method === 'none' ? Number.POSITIVE_INFINITY : 1,
        validationLoss: null,
        distillationFraction: null,
        temperature: null,
        forwardEquivalents: (method === 'gradient' ? 8 : 3) * 10 * (epoch + 1),
      });
      progress(epoch + 1, config.epochs);
      if (method === 'steady') await sleep(100);
      if (method === 'fatal') process.kill(process.pid, 'SIGKILL');
      if (['unended', 'steady'].includes(method) || (['lasting', 'trapped'].includes(method) && epoch < 1))
        save(Uint8Array.of(epoch + 1));
      if (method === 'trapped' && !snapshot) trap();
      if (brokenEngine) throw brokenEngine;
      if (method === 'broken' || (method === 'lasting' && epoch === 1 && !snapshot))
        throw new Error('the step diverged');
      if (method === 'crash') setImmediate(() => JSON.parse('{'));
      if (method === 'crash') await new Promise(() => {});
      while (method === 'deaf' || (method === 'polite' && !signal.aborted)) progress(1, 2);
      signal.throwIfAborted();
    }
    if (method === 'unended' && !snapshot) throw new Error('the end did not fit on the disk');
  },
};
