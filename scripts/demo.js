import './require-node.js';
import './end-with-parent.js';
import { serve } from './serve.js';

process.env.CANVAS_DEMO = '1';
await serve();
