import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tidy,
  type Variable,
  variable,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** What an optimizer of TensorFlow.js is given: gradients by the names of variables, or in their order. */
export type VariableGradients = NamedTensorMap | { readonly name: string; readonly tensor: Tensor }[];

/** What we use of any optimizer of TensorFlow.js. */
export interface StockOptimizer {
  applyGradients(gradients: VariableGradients): void;
  incrementIterations(): void;
}

/** A state of one variable, as TensorFlow.js keeps it. */
export interface Slot {
  readonly originalName: string;
  readonly variable: Variable;
}

export interface Update {
  /** Among all variables given. */
  readonly index: number;
  readonly name: string;
  readonly value: Variable;
  /** Missing for a variable that the loss does not depend on. */
  readonly gradient: Tensor | null | undefined;
}

/** The updates that are asked for. */
export function updatesOf(given: VariableGradients): Update[] {
  const named = Array.isArray(given)
    ? given
    : Object.entries(given).map(([name, tensor]) => ({ name, tensor }));
  return named.map(({ name, tensor }, index) => {
    return { index, name, value: engine().registeredVariables[name]!, gradient: tensor };
  });
}

/** The updates that are asked for; undefined if the backend lacks the kernel, or something is not float32. */
export function updatesFor(kernel: string, given: VariableGradients): Update[] | undefined {
  if (!getKernel(kernel, getBackend())) return undefined;
  const updates = updatesOf(given);
  const fits = updates.every(
    ({ value, gradient }) => value.dtype === 'float32' && (!gradient || gradient.dtype === 'float32'),
  );
  return fits ? updates : undefined;
}

/** The variables of a state, of which those that are missing start at zero under the name that TensorFlow.js gives them. */
export function slotsOf(slots: Slot[], updates: readonly Update[], suffix: string): Variable[] {
  return updates.map(({ index, name, value }) => {
    slots[index] ??= {
      originalName: `${name}/${suffix}`,
      variable: tidy(() => variable(zerosLike(value), false)),
    };
    return slots[index].variable;
  });
}

/** Runs the kernel on all variables with a gradient, and assigns what it returns to them and to their state. */
export function step(
  kernel: string,
  updates: readonly Update[],
  states: readonly (readonly Variable[])[],
  attributes: NamedAttrMap,
): void {
  const live = updates.flatMap(({ value, gradient }, i) =>
    gradient ? [{ gradient, targets: [value, ...states.map((state) => state[i]!)] }] : [],
  );
  if (live.length === 0) return;
  const column = (list: number) => live.map(({ targets }) => targets[list]!);
  const columns = [0, ...states.map((_, i) => i + 1)].map(column);
  const [values, ...state] = columns as [Variable[], ...Variable[][]];
  tidy(() => {
    const inputs = [...values, ...live.map(({ gradient }) => gradient), ...state.flat()];
    const stepped = engine().runKernel(kernel, inputs as never, attributes) as unknown as Tensor[];
    for (const [i, target] of columns.flat().entries()) target.assign(stepped[i]!);
  });
}

const ours = new WeakSet<object>();

/** Replaces how a class of optimizers of TensorFlow.js applies gradients, which keeps what ours does not take. */
export function replaceApplyGradients<Optimizer extends StockOptimizer>(
  prototype: object,
  apply: (optimizer: Optimizer, gradients: VariableGradients) => boolean,
): void {
  if (ours.has(prototype)) return;
  ours.add(prototype);
  const own = prototype as Optimizer;
  const stock = own.applyGradients;
  own.applyGradients = function (this: Optimizer, gradients) {
    checkVariables(gradients);
    if (apply(this, gradients)) this.incrementIterations();
    else stock.call(this, gradients);
  };
}

function checkVariables(gradients: VariableGradients): void {
  for (const { name, value } of updatesOf(gradients)) {
    if (value) continue;
    throw new RangeError(
      `applyGradients: there is no variable ${name}; expected the name of one that exists. It may have been disposed of: make ` +
        'a new optimizer for new variables.',
    );
  }
}
