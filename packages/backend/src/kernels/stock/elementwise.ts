import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { wasmHost } from '../call/array-host.js';
import { checked } from '../call/checked.js';
import { checkDtype, checkNumbers, checkShape, checkTensor } from '../call/checks.js';
import type { KernelCall } from '../call/kernel-call.js';
import type { KernelRow } from '../call/kernel-row.js';

/** What TensorFlow.js' own kernels on wasm compute; of other dtypes they leave the output unwritten, or write beyond it. */
const unary: readonly (readonly [names: string, dtypes: readonly DataType[]])[] = [
  [
    'Acos Acosh Asin Asinh Atanh Ceil Cos Cosh Elu Erf Floor IsFinite IsInf IsNan Log Log1p Reciprocal Rsqrt Sigmoid Sin Sqrt Tan Tanh',
    ['float32'],
  ],
  ['Abs Atan Exp Expm1 LeakyRelu Neg Relu Round Selu Sign Sinh Softplus Square Step', ['float32', 'int32']],
  ['LogicalNot', ['bool']],
];

const binary: typeof unary = [
  [
    'Add Equal Greater GreaterEqual Less LessEqual Multiply NotEqual Pow SquaredDifference Sub',
    ['float32', 'int32', 'bool'],
  ],
  ['Atan2', ['float32']],
  ['FloorDiv', ['float32', 'int32']],
  ['BitwiseAnd', ['int32']],
  ['LogicalAnd LogicalOr LogicalXor', ['bool']],
];

/** Of int32 these trap where the divisor is 0, which takes the backend out of use. */
const dividing = ['Mod', 'RealDiv'];

const camel = (name: string) => name[0]!.toLowerCase() + name.slice(1);
const listed = ([names, dtypes]: (typeof unary)[number]) =>
  names.split(' ').map((name) => ({ name, kernel: camel(name), dtypes }));

const checkUnary =
  (kernel: string, dtypes: readonly DataType[]) =>
  ({ inputs: { x }, attrs }: KernelCall<'x', { readonly alpha?: number } | undefined>): void => {
    checkDtype(kernel, 'x', x, dtypes);
    if (kernel === 'leakyRelu' || kernel === 'step') checkNumbers(kernel, { alpha: attrs?.alpha });
  };

/** Refuses operands of `a` and `b` that differ in dtype: both are read as that of the first. */
export function checkPair(
  kernel: string,
  dtypes: readonly DataType[],
  { inputs: { a, b } }: KernelCall<'a' | 'b'>,
): void {
  checkDtype(kernel, 'a', a, dtypes);
  checkDtype(kernel, 'b', b, [a.dtype]);
}

function checkDivision(kernel: string, call: KernelCall<'a' | 'b'>): void {
  checkPair(kernel, ['float32', 'int32'], call);
  const { b } = call.inputs;
  if (b.dtype === 'int32' && wasmHost(call.backend).integers(b).includes(0)) {
    throw new RangeError(
      `${kernel}: b has 0; expected other int32 numbers. Cast both to float32 to divide by 0.`,
    );
  }
}

/** Refuses terms of `AddN` that differ in dtype or shape. */
export function checkTerms({ inputs }: { readonly inputs: readonly TensorInfo[] }): void {
  const [first] = inputs;
  if (!first) throw new RangeError('addN: inputs has no tensor; expected at least one.');
  checkDtype('addN', 'inputs[0]', first, ['float32', 'int32', 'bool']);
  for (const [i, term] of inputs.entries()) {
    checkTensor('addN', `inputs[${i}]`, term, first.dtype);
    checkShape('addN', `inputs[${i}]`, term, first.shape);
  }
}

function checkEluGradient({ inputs: { dy, y } }: KernelCall<'dy' | 'y'>): void {
  checkTensor('eluGrad', 'y', y, 'float32');
  checkTensor('eluGrad', 'dy', dy, 'float32');
  checkShape('eluGrad', 'dy', dy, y.shape);
}

export const elementwiseChecks: readonly KernelRow[] = [
  ...unary
    .flatMap(listed)
    .map(({ name, kernel, dtypes }) => ({ name, wasm: checked(checkUnary(kernel, dtypes)) })),
  ...binary.flatMap(listed).map(({ name, kernel, dtypes }) => ({
    name,
    wasm: checked((call: KernelCall<'a' | 'b'>) => checkPair(kernel, dtypes, call)),
  })),
  ...dividing.map((name) => ({
    name,
    wasm: checked((call: KernelCall<'a' | 'b'>) => checkDivision(camel(name), call)),
  })),
  { name: 'EluGrad', wasm: checked(checkEluGradient) },
];
