package PVE::API2::Cluster;

# Stand-in.

use v5.36;

use PVE::RESTHandler;
use PVE::Storage;

use base qw(PVE::RESTHandler);

__PACKAGE__->register_method({
    parameters => {},
    name => 'index',
    path => '',
    code => sub { return [{ name => 'tasks' }] },
});

__PACKAGE__->register_method(
    { name => 'tasks', path => 'tasks', parameters => {}, code => sub { return [] } });

1;
