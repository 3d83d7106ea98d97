package PVE::Storage;

# Stand-in: loads what is installed in PVE/Storage/Custom by Proxmox VE's rules.

use v5.36;

use PVE::Storage::Plugin;

use constant APIVER => 11;

for my $file (glob('/usr/share/perl5/PVE/Storage/Custom/*.pm')) {
    my ($name) = $file =~ m!/(\w+)\.pm\z! or next;
    my $module = "PVE::Storage::Custom::$name";
    eval {
        require "PVE/Storage/Custom/$name.pm";
        die "not derived from PVE::Storage::Plugin\n" if !$module->isa('PVE::Storage::Plugin');
        die "another version\n" if $module->api() != APIVER;
        $module->register();
    };
    warn "Error loading storage plugin \"$module\": $@" if $@;
}

1;
