/** The body of a class: its parent, some of its own members, and `this` being the class itself. */
export type ClassBody<Self> = {
	extend?: string;
	override?: string;
	xtype?: string;
	alias?: string;
	constructor?: unknown;
} & Partial<Omit<Self, 'xtype' | 'constructor'>> &
	ThisType<Self>;

/**
 * `Ext.define` that knows its class: a config or a member of `this` that `Self` does not have is a compile
 * error. Methods must be plain functions; see `callParent`.
 */
export function define<Self>(name: string, body: ClassBody<Self>): void {
	Ext.define(name, body);
}

/** An inline view controller for `View`; its `this` has the methods given here. */
export function controller<View>() {
	return <Own extends object>(body: Own & ThisType<Own & Ext.app.ViewController<View>>): object =>
		Object.assign({ xclass: 'Ext.app.ViewController' }, body);
}
