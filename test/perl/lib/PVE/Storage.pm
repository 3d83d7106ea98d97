package PVE::Storage;

# Stand-in: loads the modules of PVE/Storage/Custom by PVE's rules.

use v5.36;

use PVE::Storage::Plugin;

use constant APIVER => 11;
use constant APIAGE => 2;

for my $name (qw(Fail2banLoader)) {
    my $module = "PVE::Storage::Custom::$name";
    eval {
        require "PVE/Storage/Custom/$name.pm";
        die "not derived from PVE::Storage::Plugin\n" if !$module->isa('PVE::Storage::Plugin');
        my $version = $module->api();
        die "version $version\n" if $version > APIVER || $version < APIVER - APIAGE;
        $module->register();
        warn "$module is of an older version\n" if $version != APIVER;
    };
    warn "Error loading storage plugin \"$module\": $@" if $@;
}

1;
