import { root } from '../setup/paths.ts';
import { updateTexts } from './texts.ts';

// npm run pot
const problems = await updateTexts(root, false);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
