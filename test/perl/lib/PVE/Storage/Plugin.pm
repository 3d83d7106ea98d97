package PVE::Storage::Plugin;

# Stand-in: the class that a storage plugin has to be.

use v5.36;

sub register ($class) { die "$class would become a storage type\n" }

1;
