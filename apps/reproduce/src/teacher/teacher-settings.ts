export interface TeacherSettings {
  readonly epochs: number;
  readonly batchSize: number;
  /** At the start; it falls to 0 along half a cosine. */
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Flip the images and crop them out of a frame of 4 black pixels, at random. */
  readonly augment: boolean;
  /** Of the initial weights, the order of the images and what is done to them. */
  readonly seed: number;
}

/** What is usual for small images; see He, Zhang, Ren, Sun (2016), Deep residual learning, section 4.2. */
export const teacherDefaults: Omit<TeacherSettings, 'epochs'> = {
  batchSize: 128,
  learningRate: 0.1,
  momentum: 0.9,
  weightDecay: 5e-4,
  augment: true,
  seed: 42,
};
