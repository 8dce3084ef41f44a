import './require-node.js';
import { serve } from './serve.js';

await serve();
