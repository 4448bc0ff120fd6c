/** A backend of TensorFlow.js: plain JavaScript, WebAssembly, native TensorFlow, or a GPU through WebGPU or WebGL. */
export type BackendName = 'cpu' | 'wasm' | 'tensorflow' | 'webgpu' | 'webgl';
