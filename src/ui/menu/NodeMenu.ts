import '../bans/BanGrid.ts';
import '../filters/FilterGrid.ts';
import '../ignore/IgnoreGrid.ts';
import '../jails/JailGrid.ts';
import '../options/Options.ts';
import '../log/LogCard.ts';
import '../overview/Overview.ts';
import { define } from '../kit/define.ts';
import { hasNodePrivilege } from '../kit/rights.ts';
import { addNodeEntries, type MenuItem } from './nodeEntries.ts';

interface NodeConfig extends Ext.panel.Panel {
	pveSelNode: { data: { node: string } };
	insertNodes(items: MenuItem[]): void;
}

// The one place that sees the whole list before the tab named in the address is opened.
define<NodeConfig>('PVEFail2ban.menu.NodeMenu', {
	override: 'PVE.node.Config',

	insertNodes: function (items) {
		try {
			if (hasNodePrivilege('Sys.Audit')) {
				addNodeEntries(items, this.pveSelNode.data.node, hasNodePrivilege('Sys.Syslog'));
			}
		} catch (error) {
			// Whatever is wrong with us, the node's own entries must open.
			console.error('pve-fail2ban', error);
		}
		this.callParent([items]);
	},
});
