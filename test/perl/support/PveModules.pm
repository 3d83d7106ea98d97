package PveModules;

# Where the tests find PVE's modules: the stand-ins in ../lib, or, when PVE_UPSTREAM names a folder of checkouts of
# github:proxmox/NAME, the unmodified ones. Of those, compiled and generated modules are replaced by empty packages
# whose functions die.

use v5.36;

use Cwd qw(abs_path);
use File::Basename qw(dirname);

our $ROOT = abs_path(dirname(__FILE__) . '/../../..');
($ROOT) = $ROOT =~ m/\A(.*)\z/s;

# The folder of checkouts; undef: the stand-ins.
our $UPSTREAM = ($ENV{PVE_UPSTREAM} // '') =~ m/\A(.+)\z/s ? $1 : undef;

my @checkouts = qw(
    pve-common/src pve-http-server/src pve-access-control/src pve-cluster/src pve-guest-common/src pve-storage/src
    pve-firewall/src pve-network/src pve-ha-manager/src pve-container/src qemu-server/src pve-manager
);

my $absent = qr/Proxmox::RS::.*|PVE::(?:RS::.*|RADOS|IPCC|pvecfg|ACME.*|APIClient::LWP)
    |PVE::Network::SDN::WireGuard|PVE::Cluster::IPCConst/x;

# Folders for -I, ours first.
sub include_paths ($ours = "$ROOT/src/perl") {
    my @theirs = $UPSTREAM
        ? map({
            ;
            "$UPSTREAM/$_"
        } @checkouts)
        : "$ROOT/test/perl/lib";
    return ($ours, "$ROOT/test/perl/support", @theirs);
}

sub _source ($package) {
    return "package $package; sub version { '9.0' } sub release { '9.0' } sub repoid { '0' } 1;\n"
        if $package eq 'PVE::pvecfg';
    # no cluster file system
    return "package $package; sub ipcc_send_rec { \$! = 2; return undef } 1;\n"
        if $package eq 'PVE::IPCC';
    return _constants($package) if $package eq 'PVE::Cluster::IPCConst';
    return _challenge($package) if $package =~ m/\APVE::ACME::/;
    return "package $package; sub import { PveModules::lend(\@_) } 1;\n";
}

# A kind of configuration section without options of its own.
sub _challenge ($package) {
    my $base = $package eq 'PVE::ACME::Challenge' ? 'PVE::SectionConfig' : 'PVE::ACME::Challenge';
    my $type = lc($package =~ s/.*:://r);
    return
          "package $package; use base '$base'; sub type { '$type' } sub properties { return {} }\n"
        . "sub options { return {} } sub query_dns_plugins { return {} } sub supported_challenge_types { return [] }\n"
        . "my \$p = { id => { type => 'string' }, type => { type => 'string' } };\n"
        . "sub private { return { propertyList => \$p } } 1;\n";
}

# pve-cluster generates this module from a header.
sub _constants ($package) {
    open(my $header, '<', "$UPSTREAM/pve-cluster/src/pmxcfs/cfs-ipc-ops.h")
        or die "cfs-ipc-ops.h: $!\n";
    my @names = map { m/^#define\s+(CFS_IPC_\w+)\s+(\d+)/ ? "$1 => $2" : () } <$header>;
    my $list = join(', ', @names);
    return
          "package $package; use constant { $list }; our \@EXPORT = qw("
        . join(' ', map { s/ =>.*//r } @names)
        . "); use base 'Exporter'; 1;\n";
}

# Imported names can be had, but not called.
sub lend ($package, @names) {
    my $caller = caller(1);
    no strict 'refs'; ## no critic (NoStrict)
    for my $name (grep { m/\A\w+\z/ } @names) {
        *{"${caller}::$name"} = sub { die "${package}::$name is not here\n" };
    }
    return;
}

my $replace = sub ($self, $file) {
    my $package = $file =~ s!/!::!gr =~ s/\.pm\z//r;
    return if !$UPSTREAM || $package !~ m/\A(?:$absent)\z/;
    my $source = _source($package =~ m/\A([\w:]+)\z/ ? $1 : return);
    open(my $handle, '<', \$source) or die $!;
    return $handle;
};

# first, as some of these lie in the checkouts without their compiled part
sub _replace_first() {
    @INC = ($replace, grep { $_ ne $replace } @INC);
    return;
}
_replace_first();

# All modules of the tree are looked for there, so that an installed PVE does not interfere. `bare`: the caller has
# named the folders by -I.
sub import ($class, @options) {
    return if grep { $_ eq 'bare' } @options;
    my @wanted = include_paths();
    my $known = { map { $_ => 1 } @INC };
    unshift @INC, grep { !$known->{$_} } @wanted;
    _replace_first();
    return;
}

1;
