import { disposeWeights, type Weights } from '@metadistill/models';
import type { EpochReport } from './epoch-report.js';

/** What a whole run led to. */
export interface DistilHistory<Name extends string> {
  /** The epochs, from 0, and the logs of each by their names, as `fit` of tfjs-layers returns them. */
  readonly epoch: readonly number[];
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** Of every epoch, without its weights. */
  readonly reports: readonly Omit<EpochReport<Name>, 'weights'>[];
  /**
   * The trained weights, which you dispose of (`disposeWeights`); undefined if the student is a `tf.LayersModel`, which holds
   * them.
   */
  readonly weights: Weights | undefined;
}

/**
 * A run of `distil`: iterate it for a report per epoch, or await it, which runs what is left of it to the end. Nothing runs
 * before you do one of the two.
 */
export interface DistilRun<Name extends string>
  extends AsyncGenerator<EpochReport<Name>, void, undefined>,
    Pick<Promise<DistilHistory<Name>>, 'then' | 'catch' | 'finally'> {}

/** Reports that can be awaited, too. */
export function awaitable<Name extends string>(
  reports: AsyncGenerator<EpochReport<Name>, void, undefined>,
): DistilRun<Name> {
  const seen: Omit<EpochReport<Name>, 'weights'>[] = [];
  let last: Weights | undefined;
  let history: Promise<DistilHistory<Name>> | undefined;
  const next = async (): Promise<IteratorResult<EpochReport<Name>, void>> => {
    const result = await reports.next();
    if (!result.done) {
      const { weights, ...report } = result.value;
      seen.push(report);
      last = weights;
    }
    return result;
  };
  const runToEnd = async (): Promise<DistilHistory<Name>> => {
    let unclaimed: Weights | undefined;
    try {
      for (let result = await next(); !result.done; result = await next()) unclaimed = result.value.weights;
    } catch (error) {
      // Nobody received the report of these.
      if (unclaimed) disposeWeights(unclaimed);
      throw error;
    }
    const isHeld = last?.parameters.every((tensor) => !tensor.isDisposed);
    const names = Object.keys(seen[0]?.logs ?? {});
    return {
      epoch: seen.map(({ epoch }) => epoch),
      history: Object.fromEntries(names.map((name) => [name, seen.map(({ logs }) => logs[name] as number)])),
      reports: seen,
      weights: isHeld ? last : undefined,
    };
  };
  const result = (): Promise<DistilHistory<Name>> => {
    history ??= runToEnd();
    return history;
  };
  const run: DistilRun<Name> = {
    next,
    return: (value) => reports.return(value),
    throw: (error) => reports.throw(error),
    [Symbol.asyncIterator]: () => run,
    // biome-ignore lint/suspicious/noThenProperty: a run is awaited like the promise of fit().
    then: (onFulfilled, onRejected) => result().then(onFulfilled, onRejected),
    catch: (onRejected) => result().catch(onRejected),
    finally: (onFinally) => result().finally(onFinally),
  } as DistilRun<Name>;
  return run;
}
