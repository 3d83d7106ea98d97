import { setup } from './setup.ts';

try {
	await setup('test', (line) => console.log(`==> ${line}`));
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
