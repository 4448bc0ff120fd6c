import type { LayersModel } from '@metadistill/models';
import { describeValue, isPlainObject, nearest } from '@metadistill/options';
import type { DistilCallback, DistilParams } from './types.js';

const hooks = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
] as const;
const others = ['setParams', 'setModel'];

type HookName = (typeof hooks)[number];
type HookArguments<Name extends HookName> = Parameters<NonNullable<DistilCallback[Name]>>;

/** All callbacks as one. */
export interface Listeners {
  /** Tells them what they are asked to know before the run. */
  introduce(params: DistilParams): void;
  tell<Name extends HookName>(name: Name, ...given: HookArguments<Name>): Promise<void>;
  /** Has one of them asked to stop, by `stopTraining` of the student? */
  readonly isStopped: () => boolean;
}

/** One callback or several, as an array. */
export const listOf = (given: DistilCallback | readonly DistilCallback[] | undefined) =>
  (Array.isArray(given) ? given : given === undefined ? [] : [given]) as readonly DistilCallback[];

/**
 * Refuses what is no callback: one would never be called for a name in which it misspells a hook.
 *
 * @throws TypeError that names it.
 */
export function checkCallbacks(callbacks: readonly DistilCallback[], hasLayersModel: boolean): void {
  for (const [i, callback] of callbacks.entries()) {
    const argument = `callbacks[${i}]`;
    const members: object = typeof callback === 'object' && callback !== null ? callback : {};
    const given = hooks.filter((hook) => typeof members[hook as never] === 'function');
    const stranger = isPlainObject(callback)
      ? Object.keys(members).find((key) => !hooks.includes(key as HookName) && !others.includes(key))
      : undefined;
    if (stranger !== undefined) {
      throw new TypeError(`distil: ${argument}: ${nearest('hook', stranger, hooks)}`);
    }
    // Hooks may be left out on a condition, all of them.
    if (
      given.length === 0 &&
      !(isPlainObject(callback) && Object.values(members).every((each) => each === undefined))
    ) {
      const remedy = typeof callback === 'function' ? ' Call what makes hooks: progressBar().' : '';
      throw new TypeError(
        `distil: ${argument} is ${describeValue(callback)}; expected hooks such as { onEpochEnd(epoch, logs) {} }.${remedy}`,
      );
    }
    if (isEarlyStopping(callback) && !hasLayersModel) {
      throw new TypeError(
        `distil: ${argument} is ${describeValue(callback)}, which stops a tf.LayersModel; expected hooks, as the student is none. ` +
          'Pass earlyStopping: { patience: 3 } to distil.',
      );
    }
  }
}

/** A callback of tfjs-layers that needs the model: those made of plain hooks have its `setModel`, too, which does nothing. */
const isEarlyStopping = (callback: DistilCallback): boolean =>
  'monitorFunc' in callback && callback.setModel !== undefined;

/** What a callback can end a run by. */
interface Stoppable {
  stopTraining: boolean;
  readonly built: boolean;
  build(): void;
}

/** Callbacks in their order, each awaited. */
export function listenersOf(
  callbacks: readonly DistilCallback[],
  student: LayersModel | undefined,
): Listeners {
  const stoppable = callbacks.length > 0 ? (student as Stoppable | undefined) : undefined;
  return {
    introduce(params) {
      if (stoppable) {
        // A sequential model has the property once it is built; built again, it would lose what it was compiled with.
        if (!stoppable.built) stoppable.build();
        stoppable.stopTraining = false;
      }
      for (const callback of callbacks) {
        callback.setParams?.(params as never);
        if (student) callback.setModel?.(student as never);
      }
    },
    async tell(name, ...given) {
      for (const callback of callbacks) {
        const hook = callback[name] as ((...logs: HookArguments<typeof name>) => unknown) | undefined;
        await hook?.apply(callback, given.map(copyOf) as typeof given);
      }
    },
    isStopped: () => stoppable?.stopTraining === true,
  };
}

/** A callback may write into its logs, as those of tfjs-layers do. */
const copyOf = <Given>(given: Given): Given => (typeof given === 'object' ? { ...given } : given);
