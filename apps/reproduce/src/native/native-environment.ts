/**
 * Settings of native TensorFlow, which reads them once when it loads: no start-up messages, GPU memory as it is needed,
 * and one GPU, since tfjs-node computes on the last one that it sees.
 *
 * To be called in the main thread: a worker's environment is a copy that native code does not see.
 */
export function setNativeEnvironment(environment: NodeJS.ProcessEnv = process.env): void {
  environment.TF_CPP_MIN_LOG_LEVEL ??= '2';
  environment.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  environment.CUDA_VISIBLE_DEVICES ??= '0';
}
