package PVE::API2::Nodes::Nodeinfo;

# Stand-in: a node's own calls, of which there is one besides the index.

use v5.36;

use PVE::RESTHandler;
use PVE::Storage;

use base qw(PVE::RESTHandler);

my $node = { parameters => { properties => { node => { type => 'string' } } } };

__PACKAGE__->register_method({
    $node->%*,
    name => 'index',
    path => '',
    code => sub { return [{ name => 'version' }] },
});

__PACKAGE__->register_method(
    { $node->%*, name => 'version', path => 'version', code => sub { return 'stock' } });

__PACKAGE__->register_method({ subclass => 'PVE::API2::Stock', path => $ENV{STOCK_TAKES} })
    if $ENV{STOCK_TAKES};

package PVE::API2::Nodes;

use base qw(PVE::RESTHandler);

__PACKAGE__->register_method({ subclass => 'PVE::API2::Nodes::Nodeinfo', path => '{node}' });

1;
