use v5.36;

use File::Path qw(make_path);
use File::Temp ();
use Test::More;

use PveModules;

alarm(300);

my $folder = File::Temp->newdir();
my $root = $PveModules::ROOT;

sub store ($path, $text) {
    open(my $file, '>', $path) or die "$path: $!";
    print $file $text;
    close($file);
    return;
}

# A copy of our modules that a test may break; answers its folder.
sub copy_of_ours() {
    state $number = 0;
    my $copy = "$folder/ours" . ++$number;
    make_path($copy);
    system('cp', '-r', "$root/src/perl/PVE", $copy) == 0 or die 'cp';
    return $copy;
}

# Runs a program under that name, in taint mode as PVE's daemons; answers its output and its warnings.
sub run_as ($name, $program, %with) {
    my $path = "$folder/$name";
    store($path, $program);
    my @include = map { "-I$_" } PveModules::include_paths($with{ours} // "$root/src/perl");
    store("$folder/Settings.pm", $with{preset} // '1;');
    local $ENV{PATH} = '/usr/sbin:/usr/bin:/sbin:/bin';
    local $ENV{STOCK_TAKES} = $with{stock_takes} // '';
    local $ENV{PAGE_LANGUAGE} = $with{language} // '';
    my $pid = open(my $output, '-|') // die $!;

    if (!$pid) {
        open(STDERR, '>', "$folder/warnings") or die $!;
        exec($^X, '-T', "-I$folder", @include, '-MPveModules=bare', '-MSettings', $path) or die $!;
    }
    my $text = join('', <$output>);
    close($output);
    open(my $warnings, '<', "$folder/warnings") or die $!;
    # PVE's own modules warn of what they miss here
    my @warned = grep { !$PveModules::UPSTREAM || m/fail2ban/i } <$warnings>;
    return { output => $text, warnings => join('', @warned), exit => $? >> 8 };
}

store("$folder/api.json", <<'JSON');
[{"name":"index","method":"GET","path":"/","index":1,"description":"Index.","permission":"audit","protected":1,
"proxyto":"node","task":"no","parameters":{"type":"object","additionalProperties":0,"properties":{}},
"returns":{"type":"array","items":{"type":"object","properties":{}}}},
{"name":"list_jails","method":"GET","path":"/jails","description":"Jails.","permission":"audit","protected":1,
"proxyto":"node","task":"no","parameters":{"type":"object","additionalProperties":0,"properties":{}},
"returns":{"type":"array","items":{"type":"object","properties":{}}}}]
JSON
store("$folder/pve-fail2ban.js", 'true;');

my $preset = "\$PVE::API2::Fail2ban::DEFINITIONS = '$folder/api.json'; "
    . "\$PVE::Fail2ban::Mount::SCRIPT = '$folder/pve-fail2ban.js'; 1;";

# Prints which class answers each path.
my $look = <<'PERL';
sub look {
    for my $path (@_) {
        my ($class, $info) = PVE::API2->find_handler('GET', $path, {});
        print "$path ", $info ? "$class $info->{name}" : 'nothing', "\n";
    }
}
PERL
my $paths =
    "qw(nodes/pve1/version nodes/pve1/fail2ban nodes/pve1/fail2ban/jails cluster/tasks cluster/fail2ban/client)";

my $all = <<'TEXT';
nodes/pve1/version PVE::API2::Nodes::Nodeinfo version
nodes/pve1/fail2ban PVE::API2::Fail2ban index
nodes/pve1/fail2ban/jails PVE::API2::Fail2ban list_jails
cluster/tasks PVE::API2::Cluster tasks
cluster/fail2ban/client PVE::API2::Cluster::Fail2ban client
TEXT
my $stock = $all =~ s/(fail2ban\S*) .*/$1 nothing/gr;

my $daemon = "use PVE::API2;\n$look look($paths);";
my $early = "BEGIN { require PVE::API2; $look look($paths) }";
my $late = "$look require PVE::API2; look($paths);";

for my $name (qw(pvedaemon pveproxy)) {
    my $program = $name eq 'pveproxy' ? "use PVE::Service::pveproxy;\n$daemon" : $daemon;
    my $run = run_as($name, $program, preset => $preset);
    is($run->{output}, $all, "adds the calls in $name");
    is($run->{warnings}, '', 'without a warning');
}
{
    my $run = run_as('pvesh', $early, preset => $preset);
    is($run->{output}, $all,
        'adds the calls in pvesh, which looks them up while it is being compiled');
    is($run->{warnings}, '', 'without a warning');
}
{
    my $list = <<'PERL';
use PVE::API2;
for my $path (qw(nodes/pve1 cluster)) {
    my (undef, $info) = PVE::API2->find_handler('GET', $path, {});
    print join(' ', map { $_->{name} } $info->{code}->({ node => 'pve1' })->@*), "\n" for 1 .. 2;
}
PERL
    my $run = run_as('pvesh', $list, preset => $preset);
    like(
        $run->{output},
        qr/\A(.*\bversion\b.* fail2ban)\n\1\n(.*\btasks\b.* fail2ban)\n\2\n\z/,
        "adds itself once to PVE's own indexes"
    );
    $run = run_as('pvesh', $list, preset => $preset, stock_takes => 'fail2ban');
    unlike($run->{output} =~ s/\n.*//sr, qr/fail2ban/, 'but not where PVE has the path itself');
    is(run_as('qm', $list, preset => $preset)->{output} =~ m/fail2ban/ ? 1 : 0,
        0, 'nor in other programs');
}
is(run_as('pvesh', $daemon, preset => $preset)->{output}, $all, 'and when it is running');
is(run_as($_, $late, preset => $preset)->{output},
    $all, "adds the calls in $_ when PVE::Storage is loaded at run time")
    for qw(pvedaemon pvesh);

for my $name (qw(qm pvestatd pveschedulerd xpvedaemon pveproxy.pl)) {
    my $run = run_as(
        $name,
        "$daemon print join(',', grep { m/Fail2ban/ } sort keys %INC), qq(\\n);",
        preset => $preset
    );
    is($run->{output}, "${stock}PVE/Storage/Custom/Fail2banLoader.pm\n", "does nothing in $name");
    is($run->{warnings}, '', 'without a warning');
}
{
    my $run = run_as(
        'pvedaemon',
        "$daemon print PVE::Storage::Custom::Fail2banLoader->api(), qq(\\n);",
        preset => $preset
    );
    like($run->{output}, qr/^\d+\n\z/m, 'tells the storage version that runs');
}

# Breaks one of our files; answers what runs then.
sub broken ($file, $text, $name = 'pvedaemon', $program = $daemon) {
    my $ours = copy_of_ours();
    store("$ours/PVE/$file", $text);
    return run_as($name, $program, preset => $preset, ours => $ours);
}

my $no_node = $all =~ s/(pve1\/fail2ban\S*) .*/$1 nothing/gr;
my $no_cluster = $all =~ s/(cluster\/fail2ban\S*) .*/$1 nothing/gr;
my %damage = (
    'Storage/Custom/Fail2banLoader.pm' => $stock,
    'Fail2ban/Mount.pm' => $stock,
    'API2/Fail2ban.pm' => $no_node,
    'API2/Cluster/Fail2ban.pm' => $no_cluster,
    'Fail2ban/Call.pm' => $stock,
    'Fail2ban/Definitions.pm' => $no_node,
);
my @how = (
    ['a syntax error', "package X; sub {\n"],
    ['a die', "die qq(broken\\n);\n"],
    ['nothing in it', '']
);
for my $file (sort keys %damage) {
    for my $how (@how) {
        my ($what, $text) = $how->@*;
        my $run = broken($file, $text);
        is($run->{output}, $damage{$file}, "leaves PVE's own calls when $file has $what");
        isnt($run->{warnings}, '', 'and warns');
    }
}
for my $file (sort keys %damage) {
    is(broken($file, "die qq(broken\\n);\n", 'pvesh', $early)->{output},
        $damage{$file}, "the same in pvesh: $file");
}

my $unavailable = $all =~ s/PVE::API2::Fail2ban index/PVE::API2::Fail2ban::Unavailable index/r =~
    s/(fail2ban\/jails) .*/$1 nothing/r;
my %broken_list = (
    'is missing' => sub ($path) { unlink($path) },
    'is cut short' => sub ($path) { store($path, '[{"name":') },
    'has two calls that PVE cannot register together' => sub ($path) {
        open(my $file, '<', "$folder/api.json") or die $!;
        my $text = join('', <$file>);
        store($path,
            $text =~ s!"/jails"!"/{jail}"!r =~ s!\]\s*\z!, ${\ ($text =~ s/\A\[|\]\s*\z//gr)}]!r);
    },
);
for my $what (sort keys %broken_list) {
    my $path = "$folder/broken.json";
    $broken_list{$what}->($path);
    my $ask = <<'PERL';
my ($class, $info) = PVE::API2->find_handler('GET', 'nodes/pve1/fail2ban', {});
eval { $info->{code}->({ node => 'pve1' }) };
print "$@->{code} $@->{msg}";
PERL
    my $run = run_as('pvedaemon', "$daemon $ask",
        preset => "\$PVE::API2::Fail2ban::DEFINITIONS = '$path'; 1;");
    my ($seen, $last) = $run->{output} =~ m/\A(.*\n)(.*\n)\z/s;
    is($seen, $unavailable, "has one call only when api.json $what");
    like(
        $last,
        qr/\A501 pve-fail2ban cannot be used, reinstall the package: [\x20-\x7e]+\n\z/,
        'which says why'
    );
    is($run->{warnings} =~ tr/\n//, 1, 'and warns once');
}

if (!$PveModules::UPSTREAM) {
    for my $case (['pvedaemon', $daemon], ['pvesh', $early]) {
        my ($name, $program) = $case->@*;
        my $run = run_as($name, $program, preset => $preset, stock_takes => 'fail2ban');
        is($run->{output}, $no_node, "gives way in $name should PVE have such a path itself");
        like($run->{warnings}, qr/\Apve-fail2ban: no API: .*\n\z/, 'and warns once');
    }
}

my $pages = <<'PERL';
use HTTP::Request;
my $server = { cookie_name => 'PVEAuthCookie' };
my $request = HTTP::Request->new(GET => '/');
print PVE::Service::pveproxy::get_index('pve1', $server, $request, $_)->content, "----\n" for {}, { console => 'kvm', novnc => 1 };
PERL
$pages =~ s/^use HTTP::Request;\n.*?\n(.*?\n)/my \$server = {}; my \$request;\n/s
    if !$PveModules::UPSTREAM;
my $page_program = "use PVE::Service::pveproxy;\n$pages";
my $tag =
    qr!^    <script type="text/javascript" src="/pve2/js/pve-fail2ban\.js\?ver=[0-9a-f]+-5"></script>\n  </head>$!m;
{
    my $run = run_as('pveproxy', $page_program, preset => $preset);
    my ($page, $console) = split(/^----\n/m, $run->{output});
    like($page, $tag, 'adds the script at the end of the head');
    is(scalar(() = $page =~ m/pve-fail2ban/g), 1, 'once');
    unlike($console, qr/fail2ban/, 'but not to a console');
    is($run->{warnings}, '', 'without a warning');
    my $stock_page = run_as('other', $page_program, preset => $preset)->{output};
    is($page =~ s/$tag/  <\/head>/r . "----\n$console----\n",
        $stock_page, 'and changes nothing else');
}
if (!$PveModules::UPSTREAM) {
    store("$folder/pve-fail2ban-i18n-de.js", 'true;');
    my $page = sub ($language) {
        my $run = run_as('pveproxy', $page_program, preset => $preset, language => $language);
        is($run->{warnings}, '', "without a warning in $language");
        return [$run->{output} =~ m!src="/pve2/js/(pve-fail2ban[^?"]*)\?ver=[0-9a-f]+-[0-9a-f]+"!g];
    };
    is_deeply(
        $page->('de'),
        ['pve-fail2ban-i18n-de.js', 'pve-fail2ban.js'],
        'adds our catalogue of the page\'s language before'
    );
    is_deeply($page->('fr'), ['pve-fail2ban.js'], 'and none for a language without one');
    unlink("$folder/pve-fail2ban-i18n-de.js");
}
{
    unlink("$folder/pve-fail2ban.js");
    my $run = run_as('pveproxy', $page_program, preset => $preset);
    unlike($run->{output}, qr/fail2ban/, 'adds nothing when the script is gone');
    is($run->{warnings}, '', 'without a warning');
    store("$folder/pve-fail2ban.js", 'true;');
}
{
    my $run = broken('API2/Fail2ban.pm', 'die;', 'pveproxy', $page_program);
    like($run->{output}, $tag, 'adds the script though the API is broken');
}
{
    my $run = run_as('pveproxy', "use PVE::API2; print 'up';", preset => $preset);
    is($run->{output}, 'up', 'leaves a pveproxy alone that makes its page elsewhere');
    like($run->{warnings}, qr/\Apve-fail2ban: no script in the page: .*\n\z/, 'and warns once');
}

done_testing();
