declare module '*.py' {
	const module: import('./PythonModule.ts').PythonModule;
	export default module;
}
