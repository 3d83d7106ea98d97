package PVE::Fail2ban::Mount;

# Adds our calls to PVE's API and our script to its page, in the process that loads this. Changes nothing on disk;
# each failure is one warning, and PVE's own stays as it is.

use v5.36;

our $SCRIPT;
$SCRIPT //= '/usr/share/pve-manager/js/pve-fail2ban.js';

# $program: pvedaemon, pveproxy or pvesh. Called while PVE::Storage is being loaded, long before PVE's API is there.
sub into ($program) {
    my $work = sub {
        attempt('no API', \&_mount_node);
        attempt('no address of the caller', \&_mount_cluster);
        attempt('no script in the page', \&_wrap_index) if $program eq 'pveproxy';
    };
    # Later than PVE's own registrations, so that ours gives way should PVE ever take the path for itself.
    # pvesh looks calls up before any INIT block runs; so does whoever loads PVE::Storage at run time.
    if ($program ne 'pvesh' && ${^GLOBAL_PHASE} eq 'START') {
        at_init($work);
    } else {
        before_first_lookup($work);
    }
    return;
}

# Runs a part of the work; says what is missing if it fails.
sub attempt ($lack, $work) {
    return if eval { $work->(); 1 };
    my $reason = $@ =~ s/\s+/ /gr =~ s/ \z//r;
    warn "pve-fail2ban: $lack: $reason\n";
    return;
}

my @at_init;

# When the program is compiled, before its first statement: in the parent, so that all workers share the memory.
sub at_init ($work) {
    push @at_init, $work;
    ## no critic (StringyEval): an INIT block that stands in a file is too late for a file loaded at run time
    eval 'INIT { PVE::Fail2ban::Mount::_init() } 1' or die $@;
    return;
}

sub _init() {
    $_->() for splice(@at_init);
    return;
}

# PVE::API2 inherits this method; it has its own until the first call, and ends by taking the inherited one's place.
sub before_first_lookup ($work) {
    no warnings 'redefine'; ## no critic (NoWarnings)
    *PVE::API2::find_handler = sub {
        my $inherited = PVE::RESTHandler->can('find_handler');
        *PVE::API2::find_handler = $inherited;
        $work->();
        goto &$inherited;
    };
    return;
}

sub _mount ($parent, $path, $class) {
    # register_method takes any name, so a class that PVE renamed would go unnoticed
    die "$parent is not there\n" if !$parent->can('register_method');
    PVE::RESTHandler::register_method($parent, { subclass => $class, path => $path });
    attempt("not in the index of $parent", sub { _add_to_index($parent, $path) });
    return;
}

sub _mount_node() {
    require PVE::API2::Fail2ban;
    _mount('PVE::API2::Nodes::Nodeinfo', 'fail2ban', PVE::API2::Fail2ban::mountable());
    return;
}

sub _mount_cluster() {
    require PVE::API2::Cluster::Fail2ban;
    _mount('PVE::API2::Cluster', 'fail2ban', 'PVE::API2::Cluster::Fail2ban');
    return;
}

# PVE writes the children of an index into its code; ours are added to what that returns, so that `pvesh ls` shows them.
sub _add_to_index ($parent, $name) {
    my (undef, $info) = $parent->find_handler('GET', '', {});
    die "$parent has no index\n" if ref($info) ne 'HASH' || ref($info->{code}) ne 'CODE';
    my $stock = $info->{code};
    $info->{code} = sub {
        my $list = $stock->(@_);
        return $list
            if ref($list) ne 'ARRAY'
            || grep { ref($_) eq 'HASH' && ($_->{name} // '') eq $name } $list->@*;
        return [$list->@*, { name => $name }];
    };
    return;
}

sub _wrap_index() {
    die "PVE::Service::pveproxy::get_index is not there\n"
        if !defined(&PVE::Service::pveproxy::get_index);
    my $stock = \&PVE::Service::pveproxy::get_index;
    no warnings 'redefine'; ## no critic (NoWarnings)
    *PVE::Service::pveproxy::get_index = sub {
        my $response = $stock->(@_);
        eval { _add_script($response); 1 } or warn "pve-fail2ban: no script in the page: $@";
        return $response;
    };
    return;
}

# The line that loads one of our scripts; empty if there is none of that name.
sub _tag ($suffix) {
    my $file = $SCRIPT =~ s/\.js\z/$suffix.js/r;
    my ($size, $changed) = (stat($file))[7, 9] or return '';
    my $url = "/pve2/js/pve-fail2ban$suffix.js";
    return sprintf(qq(    <script type="text/javascript" src="%s?ver=%x-%x"></script>\n),
        $url, $changed, $size);
}

# Only into the page of the desktop interface: consoles and the mobile one come from the same function.
sub _add_script ($response) {
    my $page = $response->content;
    return if $page !~ m!/pvemanagerlib\.js\b!;
    # gone when the package is removed and this process still runs
    my $tags = _tag('') or return;
    # the language that PVE has loaded itself, by the user's cookie or the datacenter's default
    my ($language) = $page =~ m!/pve2/locale/pve-lang-([a-z]{2,3}(?:_[A-Z]{2,3})?)\.js\b!;
    # before our script, which has texts as soon as it runs
    $tags = _tag("-i18n-$language") . $tags if defined($language);
    $page =~ s!([ \t]*)(?=</head>)!$tags$1!i or return;
    $response->content($page);
    return;
}

1;
