import { loadLanes, storeLanes } from '../lanes/lanes.as';

// Each rounds after every operation, as TensorFlow.js' optimizers do: steps are equal to the last bit.

/** value + rate · g. */
export function sgdStep(value: usize, g: usize, newValue: usize, size: i32, rate: f32): void {
  const bytes = <usize>size << 2, whole = <usize>(size & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) sgdLanes(false, at, value, g, newValue, rate);
  for (; at < bytes; at += 4) sgdLanes(true, at, value, g, newValue, rate);
}

// @ts-ignore: decorator
@inline
function sgdLanes(one: bool, at: usize, value: usize, g: usize, newValue: usize, rate: f32): void {
  const step = f32x4.mul(f32x4.splat(rate), loadLanes(one, g + at));
  storeLanes(one, newValue + at, f32x4.add(step, loadLanes(one, value + at)));
}

/** value + step · rate, where step = momentum · old + g; with Nesterov's momentum g + momentum · step. */
export function momentumStep(
  value: usize, g: usize, old: usize, newValue: usize, newOld: usize, size: i32,
  momentum: f32, rate: f32, nesterov: bool,
): void {
  const bytes = <usize>size << 2, whole = <usize>(size & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) momentumLanes(false, at, value, g, old, newValue, newOld, momentum, rate, nesterov);
  for (; at < bytes; at += 4) momentumLanes(true, at, value, g, old, newValue, newOld, momentum, rate, nesterov);
}

// @ts-ignore: decorator
@inline
function momentumLanes(
  one: bool, at: usize, value: usize, g: usize, old: usize, newValue: usize, newOld: usize,
  momentum: f32, rate: f32, nesterov: bool,
): void {
  const m = f32x4.splat(momentum), gradient = loadLanes(one, g + at);
  const next = f32x4.add(f32x4.mul(m, loadLanes(one, old + at)), gradient);
  const step = nesterov ? f32x4.add(gradient, f32x4.mul(next, m)) : next;
  storeLanes(one, newOld + at, next);
  storeLanes(one, newValue + at, f32x4.add(f32x4.mul(f32x4.splat(rate), step), loadLanes(one, value + at)));
}

/** value + rate · (m / correction1) / (√(v / correction2) + ε), with running means m of g and v of g². */
export function adamStep(
  value: usize, g: usize, m: usize, v: usize, newValue: usize, newM: usize, newV: usize, size: i32,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, correction1: f32, correction2: f32, epsilon: f32, rate: f32,
): void {
  const bytes = <usize>size << 2, whole = <usize>(size & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    adamLanes(false, at, value, g, m, v, newValue, newM, newV, beta1, rest1, beta2, rest2, correction1, correction2, epsilon, rate);
  }
  for (; at < bytes; at += 4) {
    adamLanes(true, at, value, g, m, v, newValue, newM, newV, beta1, rest1, beta2, rest2, correction1, correction2, epsilon, rate);
  }
}

// @ts-ignore: decorator
@inline
function adamLanes(
  one: bool, at: usize, value: usize, g: usize, m: usize, v: usize, newValue: usize, newM: usize, newV: usize,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, correction1: f32, correction2: f32, epsilon: f32, rate: f32,
): void {
  const gradient = loadLanes(one, g + at);
  const first = runningMean(loadLanes(one, m + at), beta1, gradient, rest1);
  const second = runningMean(loadLanes(one, v + at), beta2, f32x4.mul(gradient, gradient), rest2);
  storeLanes(one, newM + at, first);
  storeLanes(one, newV + at, second);
  const deviation = f32x4.sqrt(f32x4.div(second, f32x4.splat(correction2)));
  const step = f32x4.div(
    f32x4.div(first, f32x4.splat(correction1)),
    f32x4.add(deviation, f32x4.splat(epsilon)),
  );
  storeLanes(one, newValue + at, f32x4.add(f32x4.mul(step, f32x4.splat(rate)), loadLanes(one, value + at)));
}

/** value − step, where step = momentum · old + rate · g / √(v + ε), with the running mean v of g². */
export function rmspropStep(
  value: usize, g: usize, v: usize, old: usize, newValue: usize, newV: usize, newOld: usize, size: i32,
  decay: f32, rest: f32, momentum: f32, epsilon: f32, rate: f32,
): void {
  const bytes = <usize>size << 2, whole = <usize>(size & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) rmspropLanes(false, at, value, g, v, old, newValue, newV, newOld, decay, rest, momentum, epsilon, rate);
  for (; at < bytes; at += 4) rmspropLanes(true, at, value, g, v, old, newValue, newV, newOld, decay, rest, momentum, epsilon, rate);
}

// @ts-ignore: decorator
@inline
function rmspropLanes(
  one: bool, at: usize, value: usize, g: usize, v: usize, old: usize, newValue: usize, newV: usize, newOld: usize,
  decay: f32, rest: f32, momentum: f32, epsilon: f32, rate: f32,
): void {
  const gradient = loadLanes(one, g + at);
  const square = runningMean(loadLanes(one, v + at), decay, f32x4.mul(gradient, gradient), rest);
  const scaled = f32x4.div(
    f32x4.mul(gradient, f32x4.splat(rate)),
    f32x4.sqrt(f32x4.add(square, f32x4.splat(epsilon))),
  );
  const next = f32x4.add(f32x4.mul(loadLanes(one, old + at), f32x4.splat(momentum)), scaled);
  storeLanes(one, newV + at, square);
  storeLanes(one, newOld + at, next);
  storeLanes(one, newValue + at, f32x4.sub(loadLanes(one, value + at), next));
}

// @ts-ignore: decorator
@inline
function runningMean(old: v128, decay: f32, value: v128, rest: f32): v128 {
  return f32x4.add(f32x4.mul(old, f32x4.splat(decay)), f32x4.mul(value, f32x4.splat(rest)));
}
