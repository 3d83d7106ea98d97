import { register } from 'node:module';

// for scripts that run our sources: tsx --import ./build/python/register.ts SCRIPT; bootstrap.mjs does it by itself
register('./loadPython.ts', import.meta.url);
