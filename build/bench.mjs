import { runTypeScript } from './bootstrap.mjs';

await runTypeScript('../test/bench/main.ts');
