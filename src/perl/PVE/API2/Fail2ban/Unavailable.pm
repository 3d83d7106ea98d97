package PVE::API2::Fail2ban::Unavailable;

# Stands at /nodes/{node}/fail2ban when api.json cannot be used, and says so.

use v5.36;

use PVE::Exception qw(raise);
use PVE::JSONSchema qw(get_standard_option);
use PVE::RESTHandler;

use base qw(PVE::RESTHandler);

sub because ($problem) {
    my $reason = $problem =~ s/[^\x20-\x7e]+/ /gr;
    __PACKAGE__->register_method({
        name => 'index',
        path => '',
        method => 'GET',
        description => 'Says why the calls are not there.',
        permissions => { check => ['perm', '/nodes/{node}', ['Sys.Audit']] },
        protected => 1,
        proxyto => 'node',
        parameters => {
            additionalProperties => 0,
            properties => { node => get_standard_option('pve-node') },
        },
        returns => { type => 'null' },
        code => sub {
            raise("pve-fail2ban cannot be used, reinstall the package: $reason\n", code => 501);
        },
    });
    return;
}

1;
