package PVE::API2;

# Stand-in: the root of the tree.

use v5.36;

use PVE::API2::Cluster;
use PVE::API2::Nodes;
use PVE::RESTHandler;

use base qw(PVE::RESTHandler);

__PACKAGE__->register_method({ subclass => 'PVE::API2::Cluster', path => 'cluster' });
__PACKAGE__->register_method({ subclass => 'PVE::API2::Nodes', path => 'nodes' });

1;
