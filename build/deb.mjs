import { runTypeScript } from './bootstrap.mjs';

await runTypeScript('./deb/main.ts');
