import type { BanRow, JailRow } from '../../contract/types.ts';

// A DiffStore compares only the fields that its model names.
const jailFields: (keyof JailRow)[] = [
	'jail',
	'enabled',
	'running',
	'enforcing',
	'banned',
	'total-banned',
	'failed',
	'total-failed',
	'filter',
	'backend',
	'bantime',
	'findtime',
	'maxretry',
	'source',
	'problem',
	'stock',
	'own-options',
];

const banFields: (keyof BanRow)[] = ['id', 'ip', 'jail', 'since', 'until', 'bantime', 'remaining', 'count'];

Ext.define('pve-fail2ban-jails', { extend: 'Ext.data.Model', fields: jailFields, idProperty: 'jail' });
Ext.define('pve-fail2ban-ban', { extend: 'Ext.data.Model', fields: banFields, idProperty: 'id' });
