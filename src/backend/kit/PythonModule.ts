/** A file of src/python as it is bundled. */
export interface PythonModule {
	name: string;
	text: string;
	/** The files beside it that it imports. */
	imports: readonly PythonModule[];
}

/** Makes modules of the texts, and runs the last one as the program; a traceback names the file and its line. */
const start = `import sys, types
*modules, program = MODULES
for name, text in modules:
    sys.modules[name] = types.ModuleType(name)
    exec(compile(text, name + '.py', 'exec'), sys.modules[name].__dict__)
exec(compile(program[1], program[0] + '.py', 'exec'))
`;

/**
 * A Python program as one text, for `python3 -c`: no file of ours is opened, so nothing depends on where we are installed
 * and on what the process may still read.
 */
export function pythonProgram(main: PythonModule): string {
	// lists of strings are written alike in JSON and in Python
	const modules = JSON.stringify(inOrder(main).map(({ name, text }) => [name, text]));
	return start.replace('MODULES', () => modules);
}

/** Each module once, and after all that it imports. */
function inOrder(module: PythonModule, found: PythonModule[] = []): PythonModule[] {
	for (const imported of module.imports) inOrder(imported, found);
	if (!found.includes(module)) found.push(module);
	return found;
}
