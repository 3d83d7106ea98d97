package PVE::Storage::Custom::Fail2banLoader;

# No storage plugin: it adds no storage type. PVE::Storage loads every module of this folder, which is the one way
# into PVE's API processes that changes no file of PVE's. See docs/pve-integration.md.

use strict;
use warnings;

our @ISA = ('PVE::Storage::Plugin');

# The version that runs, as this depends on nothing of it.
sub api { return PVE::Storage::APIVER() }

sub register { return }

# All other programs that load PVE::Storage end here.
if ($0 =~ m{(?:\A|/)(pvedaemon|pveproxy|pvesh)\z}) {
    my $program = $1;
    eval {
        require PVE::Fail2ban::Mount;
        PVE::Fail2ban::Mount::into($program);
        1;
    } or warn 'pve-fail2ban: not loaded: ' . ($@ =~ s/\s+/ /gr) . "\n";
}

1;
