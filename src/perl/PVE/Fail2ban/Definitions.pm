package PVE::Fail2ban::Definitions;

# Reads api.json, the list of all calls that the build writes from src/contract, and holds it to its form. It is data
# and never code; one bad entry makes the whole list unusable, because half an API would mislead.

use v5.36;

use JSON ();

use constant SIZE_LIMIT => 4 * 1024 * 1024;

my $segment = qr/[a-z][a-z0-9-]{0,31}|\{[a-z][a-z0-9-]{0,31}\}/;

# What each permission of the contract asks of PVE, on the node; root@pam alone may use a call without a check.
my $privileges = { audit => 'Sys.Audit', modify => 'Sys.Modify', syslog => 'Sys.Syslog' };

# The calls in the order of the file. Dies with one line that names the file and what is wrong.
sub read_file ($path) {
    my $definitions = eval { _check_all(_parse(_slurp($path))) };
    return $definitions if $definitions;
    my $reason = $@ =~ s/\s+/ /gr =~ s/ \z//r;
    die "$path: $reason\n";
}

# undef for root@pam only, else the check as register_method takes it.
sub permissions ($definition) {
    my @words = split(/\+/, $definition->{permission});
    return undef if grep { $_ eq 'root' } @words;
    return { check => ['perm', '/nodes/{node}', [map { $privileges->{$_} } @words]] };
}

# The fixed names that are directly below a path, sorted.
sub children ($path, $all) {
    my $folder = $path eq '/' ? '' : $path;
    my $names = { map { $_->{path} =~ m!\A\Q$folder\E/([a-z0-9-]+)! ? ($1 => 1) : () } $all->@* };
    return [sort keys $names->%*];
}

sub _slurp ($path) {
    open(my $file, '<:raw', $path) or die "$!\n";
    my $size = -s $file;
    die "larger than expected\n" if $size > SIZE_LIMIT;
    read($file, my $text, $size) // die "$!\n";
    close($file);
    # root's own file, installed by the package
    my ($untainted) = $text =~ m/\A(.*)\z/s;
    return $untainted;
}

sub _parse ($text) {
    my $list = eval { JSON->new->utf8->decode($text) };
    die 'no JSON: ' . ($@ =~ s/ at \S+ line \d+\.?\s*\z//r) . "\n" if $@;
    die "not a list of calls\n" if ref($list) ne 'ARRAY' || !$list->@*;
    return $list;
}

sub _check_all ($list) {
    for my $index (0 .. $list->$#*) {
        my $problem = _problem($list->[$index]) // next;
        my $name = ref($list->[$index]) eq 'HASH' ? $list->[$index]->{name} // '' : '';
        die "call $index ($name): $problem\n";
    }
    die "the index is missing\n" if !grep { $_->{path} eq '/' && $_->{index} } $list->@*;
    return $list;
}

sub _problem ($call) {
    return 'not an object' if ref($call) ne 'HASH';
    for my $key (qw(name method path description permission task)) {
        return "$key is missing" if !defined($call->{$key}) || ref($call->{$key});
    }
    return 'bad name' if $call->{name} !~ m/\A[A-Za-z]\w{0,63}\z/a;
    return 'bad method' if $call->{method} !~ m/\A(?:GET|POST|PUT|DELETE)\z/;
    return 'bad path' if $call->{path} !~ m!\A(?:/|(?:/$segment){1,4})\z!;
    return 'bad index'
        if exists($call->{index}) && (($call->{index} // '') ne '1' || $call->{method} ne 'GET');
    return 'bad task' if $call->{task} !~ m/\A(?:no|maybe|yes)\z/;
    # an empty list of privileges would let everybody in
    return 'bad permission' if $call->{permission} !~ m/\A[a-z]+(?:\+[a-z]+)*\z/;
    for my $word (split(/\+/, $call->{permission})) {
        return 'bad permission' if $word ne 'root' && !$privileges->{$word};
    }
    return _schema_problem($call);
}

sub _schema_problem ($call) {
    my $parameters = $call->{parameters};
    return 'bad parameters'
        if ref($parameters) ne 'HASH' || ref($parameters->{properties}) ne 'HASH';
    return 'parameters are open' if $parameters->{additionalProperties} // 1;
    return 'bad returns' if ref($call->{returns}) ne 'HASH';
    my $properties = $parameters->{properties};
    for my $name ($call->{path} =~ m/\{([a-z0-9-]+)\}/g) {
        return "no parameter $name" if !$properties->{$name};
    }
    for my $name (sort keys $properties->%*) {
        return "bad parameter $name" if ref($properties->{$name}) ne 'HASH';
        my $pattern = $properties->{$name}->{pattern} // next;
        # PVE would find out at the first call
        return "bad pattern of $name" if !eval { qr/^$pattern$/ };
    }
    return undef;
}

1;
