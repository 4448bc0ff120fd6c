import type { TeacherLogits } from '@metadistill/datasets';
import { type BilevelProblem, gradientDescent, metaparameterSpace, mixed, sgd } from '@metadistill/hypergrad';
import { type MixMetaparameter, smoothedCrossEntropy } from '@metadistill/losses';
import { always } from '@metadistill/trajectory';
import { expectTypeOf, test } from 'vitest';
import {
  constantBatch,
  type DistilOptions,
  distil,
  type EpochReport,
  type LiveTeacher,
  type MetaOptimization,
  type StartTrainingOptions,
  type StepReport,
  type TrainOptions,
} from '../src/index.js';

// Nothing here runs: the type check of the package holds what must compile, and that the rest does not.

test('the reports of a training name its metaparameters', () => {
  expectTypeOf<keyof StepReport<MixMetaparameter>['metaparameters']>().toEqualTypeOf<MixMetaparameter>();
  expectTypeOf<
    NonNullable<StepReport<MixMetaparameter>['saturated']>[number]
  >().toEqualTypeOf<MixMetaparameter>();
  expectTypeOf<keyof EpochReport['metaparameters']>().toEqualTypeOf<MixMetaparameter>();
});

test('an array is a list of numbers in reports, and as many as its space has', () => {
  expectTypeOf<StepReport<'temperature[]'>['metaparameters']>().toEqualTypeOf<{
    readonly 'temperature[]': readonly number[];
  }>();
  expectTypeOf<NonNullable<StepReport<'temperature[]'>['hypergradient']>>().toEqualTypeOf<{
    readonly 'temperature[]': readonly number[];
  }>();
  const common = {} as Pick<StartTrainingOptions<'temperature[]'>, 'weights' | 'optimizer'>;
  void ({
    ...common,
    // @ts-expect-error: a number for an array.
    metaparameters: { 'temperature[]': 1 },
  } satisfies StartTrainingOptions<'temperature[]'>);
});

test('distil does not compile without what it needs', () => {
  const whole = {} as DistilOptions;
  const { student: _, ...headless } = whole;
  // @ts-expect-error: no student.
  void (() => distil(headless));
  const { seed: __, ...unseeded } = whole;
  // @ts-expect-error: no seed.
  void (() => distil(unseeded));
  // @ts-expect-error: a misspelt metaparameter.
  void (() => distil({ ...whole, metaparameters: { distillationFraction: 0.5, temprature: 2 } }));
  // @ts-expect-error: a misspelt option.
  void (() => distil({ ...whole, batchsize: 32 }));
});

test('what distil reports has the metaparameters of its teachers, or of its loss', () => {
  const common = {} as Pick<DistilOptions, 'student' | 'training' | 'validation' | 'epochs' | 'seed'>;
  const teacherLogits = {} as TeacherLogits;
  type Reported<Reports> = Reports extends AsyncGenerator<EpochReport<infer Name>> ? Name : never;
  const withOne = () => distil({ ...common, teacherLogits });
  expectTypeOf<Reported<ReturnType<typeof withOne>>>().toEqualTypeOf<MixMetaparameter>();
  const withSeveral = () => distil({ ...common, teachers: [teacherLogits, {} as LiveTeacher] });
  expectTypeOf<Reported<ReturnType<typeof withSeveral>>>().toEqualTypeOf<'trust[]'>();
  const byLoss = () =>
    distil({
      ...common,
      teachers: [teacherLogits],
      trainingLoss: smoothedCrossEntropy(),
      metaparameters: { labelSmoothing: 0.1 },
    });
  expectTypeOf<Reported<ReturnType<typeof byLoss>>>().toEqualTypeOf<'labelSmoothing'>();
});

test('a start names every metaparameter of its training, and no other', () => {
  const common = {} as Pick<StartTrainingOptions<MixMetaparameter>, 'weights' | 'optimizer'>;
  void ({
    ...common,
    metaparameters: { distillationFraction: 1, temperature: 2 },
  } satisfies StartTrainingOptions<MixMetaparameter>);
  void ({
    ...common,
    // @ts-expect-error: a misspelt metaparameter.
    metaparameters: { distillationFraction: 1, temprature: 2 },
  } satisfies StartTrainingOptions<MixMetaparameter>);
});

test('a space of other metaparameters than the problem has does not compile', () => {
  const problem = {} as BilevelProblem<MixMetaparameter, null>;
  const meta = {
    method: mixed(),
    optimizer: gradientDescent({ learningRate: 0.1 }),
    validationBatches: constantBatch(null),
    controller: always(),
  };
  const rest = {} as Omit<TrainOptions<MixMetaparameter, null>, 'problem' | 'meta'>;
  const space = metaparameterSpace({
    distillationFraction: { bounds: [0, 1] },
    temperature: { bounds: [1, 10] },
  });
  void ({ ...rest, problem, optimizer: sgd(), meta: { ...meta, space } } satisfies TrainOptions<
    MixMetaparameter,
    null
  >);
  const misspelt = metaparameterSpace({ temprature: { bounds: [1, 10] } });
  // @ts-expect-error: a misspelt metaparameter.
  void ({ ...meta, space: misspelt } satisfies MetaOptimization<MixMetaparameter, null>);
});
