import type { Experiment } from '../runs/experiment.js';
import { imageExperiment } from './image-experiment.js';
import type { ImageConfig } from './images/config.js';

/** Half a minute of the image experiments that needs no file: the methods that matter most, for one epoch. */
export const smoke: Experiment<ImageConfig> = {
  ...imageExperiment({
    name: 'smoke',
    description:
      'half a minute of the image experiments: drawn images, and a teacher that is trained on them first',
    settings: {
      epochs: 1,
      // The 1 of the others is too much for a single epoch.
      learningRate: 0.3,
      metaLearningRate: 0.1,
      trainingImages: 6400,
      testImages: 1000,
      // Its own.
      teacherLogits: '',
    },
    load: async () => {
      const [
        { fashionMnistNet: student },
        { drawnSource: source, checkDrawnSource: check, drawnFingerprints: fingerprints },
      ] = await Promise.all([import('@metadistill/models'), import('./images/drawn-source.js')]);
      return { student, source, check, fingerprints };
    },
  }),
  methods: ['none', 'naive', 'gradient', 'gradient-exact', 'trajectory-10x2'],
  protocols: ['published'],
  runs: 1,
  withoutReference: 'it only shows that training works here',
};
