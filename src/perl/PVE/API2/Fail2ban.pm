package PVE::API2::Fail2ban;

# /nodes/{node}/fail2ban: every call of api.json, answered by the helper; only an index needs none.

use v5.36;

use PVE::JSONSchema qw(get_standard_option);
use PVE::RESTHandler;

use PVE::Fail2ban::Call;
use PVE::Fail2ban::Definitions;

use base qw(PVE::RESTHandler);

# A test sets it before this module is loaded.
our $DEFINITIONS;
$DEFINITIONS //= '/usr/share/pve-fail2ban/api.json';

sub _method ($definition, $all) {
    my $info = {
        name => $definition->{name},
        method => $definition->{method},
        path => substr($definition->{path}, 1),
        description => $definition->{description},
        protected => 1,
        proxyto => 'node',
        parameters => _parameters($definition->{parameters}),
        returns => _returns($definition, $all),
        code => sub { return PVE::Fail2ban::Call::answer($definition, $_[0]) },
    };
    my $permissions = PVE::Fail2ban::Definitions::permissions($definition);
    $info->{permissions} = $permissions if $permissions;
    if ($definition->{index}) {
        my $children = PVE::Fail2ban::Definitions::children($definition->{path}, $all);
        $info->{code} = sub {
            return [map { { name => $_ } } $children->@*];
        };
    }
    return $info;
}

sub _parameters ($schema) {
    return {
        $schema->%*,
        properties => { $schema->{properties}->%*, node => get_standard_option('pve-node') }
    };
}

# An index links to what it lists, and a list to its entries if these have calls of their own, so that `pvesh ls` and its
# completion work.
sub _returns ($definition, $all) {
    my $returns = { $definition->{returns}->%* };
    my $child = $definition->{index} ? 'name' : undef;
    for my $other ($all->@*) {
        $child //= $1 if $other->{path} =~ m!\A\Q$definition->{path}\E/\{([a-z0-9-]+)\}\z!;
    }
    return $returns if !defined($child) || ($returns->{type} // '') ne 'array';
    return { $returns->%*, links => [{ rel => 'child', href => "{$child}" }] };
}

# The class to mount: this one, or one that says why there are no calls. PVE's register_method dies on what it does
# not like, and then some calls are registered already; those must not be reachable.
sub mountable() {
    state $class = do {
        my $good = eval {
            my $all = PVE::Fail2ban::Definitions::read_file($DEFINITIONS);
            __PACKAGE__->register_method(_method($_, $all)) for $all->@*;
            1;
        };
        my $problem = $good ? undef : $@ =~ s/\s+/ /gr =~ s/ \z//r;
        if (defined($problem)) {
            warn "pve-fail2ban: no API: $problem\n";
            require PVE::API2::Fail2ban::Unavailable;
            PVE::API2::Fail2ban::Unavailable::because($problem);
        }
        $good ? __PACKAGE__ : 'PVE::API2::Fail2ban::Unavailable';
    };
    return $class;
}

1;
