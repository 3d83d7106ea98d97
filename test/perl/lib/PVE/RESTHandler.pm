package PVE::RESTHandler;

# Stand-in: a tree of paths for each class, with the rules of PVE's that a registration can break.

use v5.36;

use PVE::Exception qw(raise_param_exc);

my %tree;

sub register_method ($class, $info) {
    my $where = "$class/$info->{path}";
    $info->{method} //= 'GET' if !$info->{subclass};
    my $kind = $info->{subclass} ? 'SUBCLASS' : $info->{method};
    my $place = $tree{$class} //= {};
    for my $part (split(m!/+!, $info->{path})) {
        my ($name) = $part =~ m/\A\{([\w-]+)\}\z/;
        my ($mine, $other) = defined($name) ? qw(any fixed) : qw(fixed any);
        die "$where: regex and fixed items\n" if $place->{$other};
        die "$where: changed name\n" if defined($name) && ($place->{name} // $name) ne $name;
        $place->{name} = $name if defined($name);
        $place = defined($name) ? ($place->{any} //= {}) : ($place->{fixed}->{$part} //= {});
    }
    die "$where: duplicate method definition\n" if $place->{$kind};
    die "$where: no parameters\n" if !$info->{subclass} && ref($info->{parameters}) ne 'HASH';
    $place->{$kind} = $info;
    return;
}

sub find_handler ($class, $method, $path, $uri_param) {
    my $place = $tree{$class} or return undef;
    for my $part (grep { length } split(m!/+!, $path)) {
        if ($place->{any}) {
            $uri_param->{ $place->{name} } = $part;
            $place = $place->{any};
        } else {
            $place = $place->{fixed}->{$part} // return undef;
        }
        if (my $info = $place->{SUBCLASS}) {
            $class = $info->{subclass};
            $place = $tree{$class} or return undef;
        }
    }
    my $info = $place->{$method} or return undef;
    return ($class, $info);
}

sub handle ($class, $info, $param) {
    my $properties = $info->{parameters}->{properties};
    my $errors = {};
    for my $name (keys $param->%*) {
        $errors->{$name} = 'property is not defined in schema' if !$properties->{$name};
    }
    for my $name (keys $properties->%*) {
        $errors->{$name} = 'property is missing'
            if !$properties->{$name}->{optional} && !defined($param->{$name});
    }
    raise_param_exc($errors) if $errors->%*;
    return $info->{code}->($param);
}

1;
