package PVE::JSONSchema;

# Stand-in: the one standard option that we ask for.

use v5.36;

use Exporter qw(import);

our @EXPORT_OK = qw(get_standard_option);

sub get_standard_option ($name) {
    die "no standard option $name\n" if $name ne 'pve-node';
    return { type => 'string', format => 'pve-node', description => 'The cluster node name.' };
}

1;
