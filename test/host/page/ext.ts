/** ExtJS, untyped: what the plugin uses of it is typed in src/ui, and this page is checked by running it. */
export const Ext: any = (globalThis as any).Ext;

/**
 * `Ext.define` for a class body whose `this` is not checked. Methods that call their parent must be plain
 * functions.
 */
export function define(name: string, body: object & ThisType<any>): void {
	Ext.define(name, body);
}

/** Scripts of PVE and its plugins share their names by globals. */
export function provide(names: object): void {
	Object.assign(globalThis, names);
}
