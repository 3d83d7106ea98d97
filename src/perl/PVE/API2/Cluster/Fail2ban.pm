package PVE::API2::Cluster::Fail2ban;

# /cluster/fail2ban: what the node that was asked can tell by itself.

use v5.36;

use PVE::RESTHandler;

use PVE::Fail2ban::Call;

use base qw(PVE::RESTHandler);

__PACKAGE__->register_method({
    name => 'index',
    path => '',
    method => 'GET',
    description => 'Directory index.',
    permissions => { user => 'all' },
    parameters => { additionalProperties => 0, properties => {} },
    returns => {
        type => 'array',
        items => {
            type => 'object',
            properties => { name => { type => 'string', description => 'The name of the entry.' } }
        },
        links => [{ rel => 'child', href => '{name}' }],
    },
    code => sub { return [{ name => 'client' }] },
});

# Neither protected nor proxied: pvedaemon and other nodes would see the process that passes the call on. A hint for
# the lockout guard, no more.
__PACKAGE__->register_method({
    name => 'client',
    path => 'client',
    method => 'GET',
    description => "Get the IP address of the caller.",
    permissions => { user => 'all' },
    parameters => { additionalProperties => 0, properties => {} },
    returns => { type => 'string', description => 'The IP address.', optional => 1 },
    code => sub { return PVE::Fail2ban::Call::client_address() },
});

1;
