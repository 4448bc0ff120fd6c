import type { Model } from '@metadistill/models';
import type { Experiment } from '../runs/experiment.js';
import { checkImageConfig } from './images/check-config.js';
import { commonConfig, type ImageConfig } from './images/config.js';
import type { ImageSource } from './images/data.js';
import { methodForms, methodNames, resolveMethod } from './training/methods.js';

/** The methods of the image experiments, in the order of their table. */
const methods = [
  'none',
  'naive',
  'fixed-1',
  'fixed-3',
  'fixed-10',
  'rule',
  'random',
  'gradient',
  'gradient-exact',
  'every-5',
  'agreement',
  'trajectory-10x2',
  'trajectory-ar1',
  'random-search',
  'tpe',
] as const;

export interface ImageExperimentOptions {
  readonly name: string;
  readonly description: string;
  /** What differs from `commonConfig`. */
  readonly settings: Omit<ImageConfig, keyof typeof commonConfig> & Partial<ImageConfig>;
  /** What differs from these in the published protocol. */
  readonly published?: Partial<ImageConfig>;
  readonly load: () => Promise<{
    readonly student: () => Model;
    readonly source: (teacherLogits: string, liveTeacher: string) => Promise<ImageSource>;
    /** Throws if the data cannot be used; keeps nothing in memory. */
    readonly check: (config: ImageConfig) => Promise<void>;
    /** What a run gives as the data that it computes on. */
    readonly fingerprints: (config: ImageConfig) => Promise<Record<string, string>>;
  }>;
}

/** An experiment of the paper on images: a small convolutional student of a teacher's cached logits. */
export const imageExperiment = ({
  name,
  description,
  settings,
  published = {},
  load,
}: ImageExperimentOptions): Experiment<ImageConfig> => ({
  name,
  description,
  protocols: ['published', 'corrected'],
  methods,
  methodNames,
  methodForms,
  runs: 10,
  defaults: (protocol) => ({
    ...commonConfig,
    ...settings,
    ...(protocol === 'published' && published),
  }),
  resolveMethod,
  async prepare(specs) {
    const { check } = await load();
    for (const config of new Set(specs.map(({ config }) => config))) {
      checkImageConfig(config);
      await check(config);
    }
  },
  async fingerprints({ config }) {
    const { fingerprints } = await load();
    return fingerprints(config);
  },
  async execute(spec, context) {
    const [{ execute }, { student, source }] = await Promise.all([import('./images/execute.js'), load()]);
    const { teacherLogits, liveTeacher } = spec.config;
    await execute(spec, context, student(), () =>
      keptSource([name, teacherLogits, liveTeacher].join('\n'), () => source(teacherLogits, liveTeacher)),
    );
  },
});

const kept = new Map<string, Promise<ImageSource>>();

/** Images are loaded once per thread, for all the runs that it computes; again if that failed. */
function keptSource(key: string, load: () => Promise<ImageSource>): Promise<ImageSource> {
  const known = kept.get(key);
  if (known) return known;
  const source = load();
  kept.set(key, source);
  source.catch(() => kept.delete(key));
  return source;
}
