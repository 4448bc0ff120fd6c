/** Settings of an image experiment; `--set` changes any of them. */
export type ImageConfig = {
  /** Of PyTorch's generator for the students (run k takes seed + k) and of NumPy's for the metaparameters. */
  seed: number;
  epochs: number;
  batchSize: number;
  learningRate: number;
  /** The learning rate is multiplied by the factor after every so many epochs. */
  learningRateDecayEpochs: number;
  learningRateDecayFactor: number;
  metaLearningRate: number;
  metaClipValue: number;
  validationTemperature: number;
  temperatureLow: number;
  temperatureHigh: number;
  /** The last share of the training images, held out to validate on. */
  validationFraction: number;
  /** Images at the front of the training and of the test file that are used. */
  trainingImages: number;
  testImages: number;
  /**
   * A `.npy` file, float32 `[training images, classes]` in their order; a bare name is looked for in the data folder.
   * In `smoke` alone, '' trains a teacher first.
   */
  teacherLogits: string;
  /** Trainings that a search spends. */
  searchTrials: number;
  /**
   * A safetensors file of a teacher, as `reproduce teacher` writes it, that answers on every batch as it is trained on;
   * '' takes the cached logits, which stay those of the images as they are in the file.
   */
  liveTeacher: string;
  /** Shuffle every epoch; the teacher's logits follow their images. */
  shuffle: boolean;
  /** Which methods see images flipped and cropped at random: `none`, `gradient` or `all`. */
  augment: string;
};

/** What `augment` may be: only gradient methods, as in the paper's CIFAR-10 column, is no fair comparison. */
export const augmentChoices = ['none', 'gradient', 'all'] as const;

/** What the paper's image experiments have in common. */
export const commonConfig = {
  seed: 42,
  batchSize: 128,
  learningRate: 1,
  learningRateDecayEpochs: 10,
  learningRateDecayFactor: 0.5,
  metaClipValue: 0.01,
  validationTemperature: 1,
  temperatureLow: 0.1,
  temperatureHigh: 10,
  validationFraction: 0.1,
  searchTrials: 5,
  liveTeacher: '',
  shuffle: false,
  augment: 'none',
};
