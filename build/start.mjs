import { runTypeScript } from './bootstrap.mjs';

await runTypeScript('../test/host/main.ts');
