import { define, Ext } from './ext.ts';

interface LogIn {
	username: string;
	ticket: string;
	CSRFPreventionToken: string;
	cap: object;
}

const cookie = 'PVEAuthCookie';
const proxmox = () => (globalThis as any).Proxmox;

/** PVE renews the ticket before its two hours are over. */
const renewAfter = 15 * 60 * 1000;

function take({ username, ticket, CSRFPreventionToken, cap }: LogIn): void {
	document.cookie = `${cookie}=${encodeURIComponent(ticket)}; path=/; SameSite=Strict`;
	proxmox().UserName = username;
	proxmox().CSRFPreventionToken = CSRFPreventionToken;
	Ext.Ajax.setDefaultHeaders({ CSRFPreventionToken });
	Ext.state.Manager.set('GuiCap', cap);
}

async function requestTicket(username: string, password: string): Promise<LogIn | undefined> {
	const body = new URLSearchParams({ username, password });
	const response = await fetch('/api2/json/access/ticket', { method: 'POST', body });
	return response.ok ? (await response.json()).data : undefined;
}

/** The log-in that an earlier page left in its cookie, renewed; a ticket serves as password for a new one. */
export async function resume(): Promise<boolean> {
	const ticket = new RegExp(`(?:^|;\\s*)${cookie}=([^;]+)`).exec(document.cookie)?.[1];
	const user = ticket && /^PVE:([^:]+):/.exec(decodeURIComponent(ticket))?.[1];
	const login = ticket && user ? await requestTicket(user, decodeURIComponent(ticket)) : undefined;
	if (login) {
		take(login);
		setTimeout(resume, renewAfter);
	}
	return login !== undefined;
}

export function logOut(): void {
	document.cookie = `${cookie}=; path=/; max-age=0`;
	location.reload();
}

define('Host.LoginWindow', {
	extend: 'Ext.window.Window',
	title: 'Stand-in for Proxmox VE: Login',
	width: 400,
	modal: true,
	closable: false,
	resizable: false,
	autoShow: true,
	defaultFocus: 'textfield[name=username]',

	initComponent() {
		const field = { xtype: 'textfield', labelWidth: 110, anchor: '100%', allowBlank: false };
		this.items = [
			{
				xtype: 'form',
				bodyPadding: 10,
				border: false,
				items: [
					{ ...field, name: 'username', fieldLabel: 'User name', emptyText: 'root@pam' },
					{ ...field, name: 'password', fieldLabel: 'Password', inputType: 'password' },
				],
				buttons: [{ text: 'Login', formBind: true, handler: () => void this.logIn() }],
				listeners: {
					afterrender: (form: any) =>
						Ext.create('Ext.util.KeyNav', { target: form.el, enter: () => void this.logIn() }),
				},
			},
		];
		this.callParent();
	},
	async logIn() {
		const { username, password } = this.down('form').getValues();
		const login = await requestTicket(username, password);
		if (!login) {
			Ext.Msg.alert('Error', 'Login failed. Please try again');
			return;
		}
		take(login);
		location.reload();
	},
});
