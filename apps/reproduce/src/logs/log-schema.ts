import { z } from 'zod';

/** Raised when a log of the old form can no longer be read as one of the new. */
export const logSchemaVersion = 1;

const count = z.int().nonnegative();

const share = z.number().min(0).max(1);

/** One measurement of the student, without the clock. */
export const evaluation = z.object({
  epoch: z.number(),
  /** Updates of the student's weights so far. */
  iteration: count,
  /** On the test set, in [0, 1]. */
  testAccuracy: z.number().min(0).max(1),
  /** Null if it is not finite. */
  testLoss: z.number().nullable(),
  /**
   * On the validation examples; null if it is not finite, or not measured. Published methods of the image
   * experiments that look at no validation set train on those examples too: of them it is a training loss.
   */
  validationLoss: z.number().nullable(),
  /** Of the loss that is trained on, 0 if nothing is distilled; null in an experiment without it, as the temperature. */
  distillationFraction: z.number().nullable(),
  temperature: z.number().nullable(),
  /** Cost so far in forward passes of one batch; a plain step is 3. All trials of a search count. */
  forwardEquivalents: z.number().nonnegative(),
  // The first logs of this version lack what follows; experiments leave out what they do not measure.
  testExpectedCalibrationError: share.optional(),
  /** In [0, 2]. */
  testBrierScore: z.number().min(0).max(2).optional(),
  /** If there are more than five classes. */
  testTop5Accuracy: share.optional(),
  /** The share of those validation examples on which student and teacher prefer the same class. */
  validationTeacherAgreement: share.optional(),
  /** Mean KL(teacher ‖ student) on the validation set at temperature 1, in nats. */
  validationTeacherKL: z.number().nonnegative().optional(),
});

/** Which run, and what computes it. */
export const runIdentity = z.object({
  experiment: z.string(),
  protocol: z.enum(['published', 'corrected']),
  method: z.string(),
  run: count,
  config: z.record(
    z.string(),
    z.union([z.number(), z.string(), z.boolean(), z.array(z.number()).readonly()]),
  ),
  versions: z.record(z.string(), z.string()),
});

/** Equal ones round equally. */
const kernels = z.object({
  build: z.enum(['simd', 'relaxed-simd']),
  arithmetic: z.enum(['fast', 'direct']),
});

const header = z.object({
  kind: z.literal('run'),
  schema: z.literal(logSchemaVersion),
  ...runIdentity.shape,
  seed: z.number(),
  configHash: z.string(),
  backend: z.object({ name: z.string(), reason: z.string() }),
  /** On wasm: which of our kernels computed. The first logs of this version lack it: their arithmetic is direct. */
  kernels: kernels.optional(),
  cores: count,
  /** Fingerprints of what was computed on, by name; the first logs of this version lack them. */
  data: z.record(z.string(), z.string()).optional(),
});

const evaluationLine = z.object({
  kind: z.literal('eval'),
  /** Since the training began; of a search, which reports its best training at its end, all of it. */
  seconds: z.number().nonnegative(),
  ...evaluation.shape,
});

// Strict, so that a damaged name of the checksum does not pass for an old line without it.
const endLine = z.strictObject({
  kind: z.literal('end'),
  /** Of the whole training, evaluations included. */
  seconds: z.number().nonnegative(),
  /** How many `eval` lines came before. */
  evaluations: count,
  /** Of the lines before, and of this one without it; the first logs of this version lack it. */
  sha256: z.hex().length(64).optional(),
});

/** One line of a run's log: a header, then evaluations, then the end, which only a complete run has. */
export const logLine = z.discriminatedUnion('kind', [header, evaluationLine, endLine]);

export type Evaluation = z.infer<typeof evaluation>;
export type LogHeader = z.infer<typeof header>;
export type EvaluationLine = z.infer<typeof evaluationLine>;
export type EndLine = z.infer<typeof endLine>;
export type LogLine = z.infer<typeof logLine>;
