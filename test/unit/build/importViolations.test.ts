import { expect, test } from 'vitest';
import { importViolations } from '../../../build/import/violations.ts';

test('a layer may import the layers below it', () => {
	expect(importViolations('src/backend/services/a.ts', "import { x } from '../files/b.ts';")).toEqual([]);
});

test('a layer may not import one above it, and the line is told', () => {
	expect(importViolations('src/backend/files/a.ts', "\nimport { x } from '../services/b.ts';")).toEqual([
		'src/backend/files/a.ts:2: files may not import services',
	]);
});

test('neither re-exports nor dynamic imports nor import types are a way around', () => {
	const source = `export * from '../routes/a.ts';
const b = await import('../routes/b.ts');
let c: import('../routes/c.ts').C;`;
	expect(importViolations('src/backend/config/x.ts', source)).toHaveLength(3);
});

test('the interface may import types of the contract, but no value', () => {
	expect(importViolations('src/ui/a.ts', "import type { BanRow } from '../contract/index.ts';")).toEqual([]);
	expect(importViolations('src/ui/a.ts', "import { endpoints } from '../contract/index.ts';")).toEqual([
		'src/ui/a.ts:1: ui may import only types of contract',
	]);
});

test('config does no input and output', () => {
	expect(importViolations('src/backend/config/a.ts', "import { join } from 'node:path';")).toEqual([
		'src/backend/config/a.ts:1: config may not use node:path',
	]);
});

test('only fail2ban, runs and main start processes', () => {
	const source = "import { spawn } from 'node:child_process';";
	expect(importViolations('src/backend/services/a.ts', source)).toHaveLength(1);
	expect(importViolations('src/backend/fail2ban/a.ts', source)).toEqual([]);
});

test('a package must be allowed for the layer', () => {
	expect(importViolations('src/backend/services/a.ts', "import express from 'express';")).toEqual([
		'src/backend/services/a.ts:1: services may not use the package express',
	]);
});

test('a file in no known layer is reported', () => {
	expect(importViolations('src/backend/helpers/a.ts', '')).toEqual([
		'src/backend/helpers/a.ts:1: is in no layer',
	]);
});
