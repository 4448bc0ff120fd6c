/** What a loader made TensorFlow.js compute with. */
export interface LoadedBackend {
  /** In words, such as `plain JavaScript`. */
  readonly description: string;
  readonly onGpu: boolean;
}
