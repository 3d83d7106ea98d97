import { posix } from 'node:path';
import ts from 'typescript';

/** Which layers a layer may import, itself aside. `base` is what lies directly in src/backend. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
	contract: [],
	ui: ['contract'],
	base: ['contract'],
	config: ['contract', 'base'],
	files: ['config', 'contract', 'base', 'fail2ban'],
	fail2ban: ['config', 'contract', 'base'],
	runs: ['config', 'contract', 'base'],
	services: ['files', 'fail2ban', 'runs', 'config', 'contract', 'base'],
	routes: ['services', 'contract', 'base'],
	app: ['routes', 'services', 'contract', 'base'],
	main: ['app', 'routes', 'services', 'files', 'fail2ban', 'runs', 'config', 'contract', 'base'],
};

/** Which layers may use a module of Node; those not named here, every layer of the backend but config. */
const nodeModules: Readonly<Record<string, readonly string[]>> = {
	child_process: ['fail2ban', 'runs', 'main'],
	fs: ['files', 'fail2ban', 'runs', 'main'],
	'fs/promises': ['files', 'fail2ban', 'runs', 'main'],
};

/** Packages from npm by layer; those not named here use none. */
const packages: Readonly<Record<string, readonly string[]>> = {
	contract: ['@sinclair/typebox'],
	config: ['ipaddr.js'],
	files: ['ipaddr.js'],
	fail2ban: ['ipaddr.js'],
	services: ['ipaddr.js', '@sinclair/typebox'],
	routes: ['express', '@sinclair/typebox'],
	app: ['express', '@sinclair/typebox'],
	main: ['express'],
};

/** The layer of a file below src/, by its path from the repository's top; undefined outside of the layers. */
function layerOf(file: string): string | undefined {
	const [, side, third] = file.split('/');
	if (side === 'contract' || side === 'ui') {
		return side;
	}
	if (side !== 'backend' || third === undefined) {
		return undefined;
	}
	if (third === 'main.ts' || third === 'app.ts') {
		return third.slice(0, -'.ts'.length);
	}
	return third.endsWith('.ts') ? 'base' : third;
}

interface Import {
	from: string;
	typeOnly: boolean;
	line: number;
}

function importsOf(file: string, source: string): Import[] {
	const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
	const found: Import[] = [];
	const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean) => {
		if (specifier && ts.isStringLiteralLike(specifier)) {
			const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
			found.push({ from: specifier.text, typeOnly, line });
		}
	};
	const visit = (node: ts.Node): void => {
		if (ts.isImportDeclaration(node)) {
			add(node, node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
		} else if (ts.isExportDeclaration(node)) {
			add(node, node.moduleSpecifier, node.isTypeOnly);
		} else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
			add(node, node.argument.literal, true);
		} else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
			add(node, node.arguments[0], false);
		}
		ts.forEachChild(node, visit);
	};
	visit(tree);
	return found;
}

function reasonAgainst(file: string, layer: string, { from, typeOnly }: Import): string | undefined {
	if (from.startsWith('.')) {
		const target = layerOf(posix.join(posix.dirname(file), from));
		if (target === undefined) {
			return `${from} lies outside of the layers of src/`;
		}
		if (layer !== target && !mayImport[layer]?.includes(target)) {
			return `${layer} may not import ${target}`;
		}
		if (layer === 'ui' && target === 'contract' && !typeOnly) {
			return 'ui may import only types of contract';
		}
		return undefined;
	}
	if (from.startsWith('node:')) {
		const name = from.slice('node:'.length);
		const allowed = nodeModules[name]?.includes(layer) ?? !['contract', 'ui', 'config'].includes(layer);
		return allowed ? undefined : `${layer} may not use ${from}`;
	}
	const name = from
		.split('/')
		.slice(0, from.startsWith('@') ? 2 : 1)
		.join('/');
	return typeOnly || packages[layer]?.includes(name) ? undefined : `${layer} may not use the package ${name}`;
}

/**
 * What a file imports against the rule of the layers, one line each: `file:line: reason`.
 * `file` is the path from the repository's top, with slashes.
 */
export function importViolations(file: string, source: string): string[] {
	const layer = layerOf(file);
	if (layer === undefined || !(layer in mayImport)) {
		return [`${file}:1: is in no layer`];
	}
	return importsOf(file, source).flatMap((each) => {
		const reason = reasonAgainst(file, layer, each);
		return reason === undefined ? [] : [`${file}:${each.line}: ${reason}`];
	});
}
