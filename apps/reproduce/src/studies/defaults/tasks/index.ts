import { imageTasks } from './images.js';
import { synthetic } from './synthetic.js';
import { tabular } from './tabular.js';
import type { Task } from './task.js';

/** What recipes are compared on, in the order of the report. */
export const tasks: readonly Task[] = [synthetic, tabular, ...imageTasks];
