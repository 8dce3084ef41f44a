import './require-node.js';
import './end-with-parent.js';
import { serve } from './serve.js';

await serve();
