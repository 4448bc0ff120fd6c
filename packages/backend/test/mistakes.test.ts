import { testMistakes } from '@metadistill/testing';
import * as exported from '../src/index.js';

// Everything else that is exported makes a part from options, or from other parts.
testMistakes(exported, []);
